"""One module a part of the table; each has measure(bench), which does nothing where none of its rows is wanted."""
