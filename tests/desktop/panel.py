"""A real panel with a tray: xfce4-panel."""

import subprocess
from pathlib import Path

from tests.desktop.bed import Bed
from tests.desktop.parts import find, needs

LOOKS = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
      <property name="known-items" type="array"><value type="string" value="unhunch"/></property>
    </property>
  </property>
</channel>
"""


def xfce_panel(bed: Bed) -> subprocess.Popen[bytes]:
    """On the bed's X server and session bus; one that was killed is brought back so, too."""
    needs("xfce4-panel", "xfconfd")
    looks = Path(bed.env["XDG_CONFIG_HOME"]) / "xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"
    if not looks.exists():
        looks.parent.mkdir(parents=True)
        looks.write_text(LOOKS)
    keeper = str(find("xfconfd"))  # it ends with its bus
    if not any(process.args[0] == keeper and process.poll() is None for process in bed.processes):  # type: ignore[index]
        bed.spawn(keeper)
    return bed.spawn("xfce4-panel", "--disable-wm-check")
