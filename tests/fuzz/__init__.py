"""Inputs that nobody thought of, for everything that reads what others write. Reading order:

    target          what a target is: a reader, and what must hold whatever it is given
    formats         one target for each format of a list, and for finding out which it is
    feeds           the other readers of the input: archives, patterns, settings, XML, its own lookups
    delivery        lists that come in parts: pages, MISP's events, TAXII's envelopes, the store of what was read
    search          the readers of the command: frames, chunks, events, lookups, the allowlist
    seeds           what the inputs are made from: tests/fuzz/corpus, real data where it is there
    mutants         seeds changed by hypothesis
    bounds          how much work and memory an input may cost
    guided          the same targets under atheris, which looks for inputs that reach new code
    __main__        `python -m tests.fuzz`: in a process of its own, with an app folder of its own

`make test` runs every target over a fixed, small number of inputs. `make fuzz MINUTES=30` runs them as long as it is told. A target raises
for a fault; an input that made one becomes a plain test beside the other tests of that reader, and stays in the corpus.
"""
