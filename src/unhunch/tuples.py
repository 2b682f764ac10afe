"""Named tuples as `typing` has them, at a fraction of what they cost to import and to change.

`typing.NamedTuple` compiles a constructor for each class when it is imported, a third of a millisecond: a short command
imports a hundred classes and makes values of ten. Here one is compiled when it has been called a few times. And
`_replace` takes what stays as it is instead of asking for it field by field.
"""

FEW = 8
"""So many values of a class are made one by one: to compile its constructor takes longer than they do."""
TYPE_CHECKING = False  # as in typing, which costs an import
if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from _collections import _tuplegetter

    _made = {}

    def _first(cls, /, *args, **kwargs):
        """The first values of a class. Then, and where something is missing or too much, a constructor is compiled."""
        made = _made[cls] = _made.get(cls, 0) + 1
        names, defaults = cls._fields[len(args) :], cls._field_defaults
        if made <= FEW and len(args) <= len(cls._fields) and kwargs.keys() <= set(names):
            try:
                return tuple.__new__(
                    cls, (*args, *(kwargs[name] if name in kwargs else defaults[name] for name in names))
                )
            except KeyError:
                pass
        return _compiled(cls, *args, **kwargs)

    def _compiled(cls, /, *args, **kwargs):
        """A value of a class: its constructor takes this one's place."""
        names = cls._fields
        given = {f"_default_{name}": value for name, value in cls._field_defaults.items()}
        wanted = ", ".join(f"{name}=_default_{name}" if name in cls._field_defaults else name for name in names)
        space = {"_new": tuple.__new__, "__builtins__": {}, "__name__": cls.__module__, **given}
        new = eval(f"lambda _cls, {wanted}: _new(_cls, ({''.join(f'{name}, ' for name in names)}))", space)  # noqa: S307 - our own names
        new.__name__ = "__new__"
        cls.__new__ = staticmethod(new)
        return new(cls, *args, **kwargs)

    def _replaced(names):
        place, new = {name: n for n, name in enumerate(names)}, tuple.__new__

        def _replace(self, /, **changes):
            values = list(self)
            for name, value in changes.items():
                values[place[name]] = value
            return new(self.__class__, values)

        return _replace

    class _Values(tuple):
        __slots__ = ()

        @classmethod
        def _make(cls, iterable):
            found = tuple.__new__(cls, iterable)
            if len(found) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(found)}")
            return found

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            said = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({said})"

        def __getnewargs__(self):
            return tuple(self)

    class _Named(type):
        def __new__(meta, name, bases, space):
            if not bases:
                return super().__new__(meta, name, bases, space)
            annotate = space.get("__annotate_func__")  # Python 3.14 evaluates annotations when it is asked
            names = tuple(annotate(1) if annotate else space.get("__annotations__", ()))
            defaults = {field: space[field] for field in names if field in space}
            for n, field in enumerate(names):
                space[field] = _tuplegetter(n, None)
            space |= {
                "__slots__": (),
                "__match_args__": names,
                "__new__": _first,
                "_fields": names,
                "_field_defaults": defaults,
                "_replace": _replaced(names),
            }
            return type(name, (_Values,), space)

    class NamedTuple(metaclass=_Named):
        __slots__ = ()
