"""One line a figure, aligned, as it is measured."""


def say(what, measured, budget=""):
    print(f"{what:<66} {measured:>16}   {budget}", flush=True)


def compare(what, ours, theirs, form):
    """The same of both programs, and how many times as much the other one takes."""
    ratio = f"{theirs / ours:.1f} times" if ours else "-"
    print(f"{what:<66} {form(ours):>12} {form(theirs):>12}   {ratio}", flush=True)


def milliseconds(seconds):
    return f"{seconds * 1000:.1f} ms"


def megabytes(count):
    return f"{count / 1e6:.1f} MB"


def number(count):
    return f"{count:.0f}"
