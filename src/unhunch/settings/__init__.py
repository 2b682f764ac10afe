"""The settings page: everyday options in the browser, on this computer alone; what is saved is the configuration."""
