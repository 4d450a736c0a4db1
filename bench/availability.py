"""Finding free times, and the calendar's week: how long they take, and how that grows with history."""

from contextlib import ExitStack

from bench import rivals, stores
from bench.children import Child
from bench.figures import Figure, median, table
from bench.plan import Sizes
from bench.stores import Store

GROWTH = 1.15
TURNS = 5  # children take turns, so that whatever slows the machine down slows both


def search(sizes: Sizes, server: str) -> None:
    small, large = stores.sqlite(sizes.small), stores.sqlite(sizes.large)
    with ExitStack() as opened:
        little, much = (opened.enter_context(Child(store.url)) for store in (small, large))
        print(table(f"Search, SQLite, {sizes.large} appointments", _searches(much, large, sizes)))
        print(table(f"Search, from {sizes.small} to {sizes.large}", _growth(little, small, much, large, sizes)))
        print(table("Search, beside others", _rivals(little, small, much, large, sizes)))
    on_postgres = stores.postgres(server, sizes.large)
    with Child(on_postgres.url) as child:
        figures = _searches(child, on_postgres, sizes, aimed=False)
        print(table(f"Search, PostgreSQL, {sizes.large} appointments, for information", figures))


def _specs(store: Store) -> dict[str, tuple[str, str | None, int]]:
    plain, one = store.clinic["services"][0], store.clinic["providers"][0]
    return {
        "1 provider, 30 days": (plain, one, 30),
        "50 providers, 30 days": (plain, None, 30),
        "50 providers, 90 days, any of 3 chairs and of 2 devices": (store.combined, None, 90),
    }


def _searches(child: Child, store: Store, sizes: Sizes, *, aimed: bool = True) -> list[Figure]:
    targets = dict(zip(_specs(store), (2, 15, 40), strict=True))
    figures = []
    for what, spec in _specs(store).items():
        took = child.call("bench.searches:time_search", store.clinic["id"], spec, sizes.rounds)
        figures.append(Figure(what, median(took), target=targets[what] if aimed else None))
    spec = _specs(store)["50 providers, 30 days"]
    took = child.call("bench.searches:time_search", store.clinic["id"], spec, sizes.rounds, True)
    figures.append(Figure("50 providers, 30 days, as the API's JSON", median(took), target=60 if aimed else None))
    return [*figures, *_queries(child, store, aimed)]


def _queries(child: Child, store: Store, aimed: bool) -> list[Figure]:
    plain, one = store.clinic["services"][0], store.clinic["providers"][0]
    specs = [(plain, provider, days) for provider in (one, None) for days in (1, 90)]
    counts = [child.call("bench.searches:count_queries", store.clinic["id"], spec) for spec in specs]
    return [
        Figure("queries at most, 1 or 50 providers, 1 or 90 days", max(counts), "", 6 if aimed else None),
        Figure("difference between them", max(counts) - min(counts), "", 0 if aimed else None),
    ]


def _growth(little: Child, small: Store, much: Child, large: Store, sizes: Sizes) -> list[Figure]:
    figures = []
    for what in _specs(small):
        before: list[float] = []
        after: list[float] = []
        for _ in range(TURNS):
            for child, store, took in ((little, small, before), (much, large, after)):
                spec = _specs(store)[what]
                took += child.call("bench.searches:time_search", store.clinic["id"], spec, sizes.rounds // TURNS)
        figures.append(Figure(what, median(after) / median(before), "×", GROWTH))
    return figures


def _rivals(little: Child, small: Store, much: Child, large: Store, sizes: Sizes) -> list[Figure]:
    """First that all give the same answer, then how long each takes for it."""
    clinic, specs = large.clinic["id"], _specs(large)
    figures = []
    for what, rounds in (("1 provider, 30 days", 3), ("50 providers, 30 days", 1)):
        ours = median(much.call("bench.searches:time_search", clinic, specs[what], sizes.rounds))
        answer, took = much.call("bench.searches:naive", clinic, specs[what], rounds)
        if answer != much.call("bench.searches:answer", clinic, specs[what]):
            raise AssertionError(f"a query for each time and the search disagree: {what}")
        figures.append(Figure(f"{what}: a query for each time", median(took)))
        figures.append(Figure("… times as long as ours", median(took) / ours, "×"))
    return figures + _other_program(little, small, sizes)


def _other_program(child: Child, store: Store, sizes: Sizes) -> list[Figure]:
    clinic, specs = store.clinic["id"], _specs(store)
    theirs = rivals.ask(child.call("bench.searches:as_rows", clinic, 30), rounds=5)
    slots = child.call("bench.searches:answer", clinic, specs["50 providers, 30 days"])
    if [tuple(slot) for slot in theirs["answer"]] != child.call("bench.searches:in_wall_time", clinic, slots):
        raise AssertionError(f"{rivals.RIVAL} and the search disagree")
    figures = []
    for what, took in (("1 provider, 30 days", theirs["one"]), ("50 providers, 30 days", theirs["all"])):
        ours = median(child.call("bench.searches:time_search", clinic, specs[what], sizes.rounds))
        figures.append(Figure(f"{what}: {rivals.RIVAL}", median(took)))
        figures.append(Figure("… times as long as ours", median(took) / ours, "×"))
    return figures


def week(sizes: Sizes, server: str) -> None:
    """A week of twenty providers, from ids to the JSON that the browser reads."""
    small, large = stores.sqlite(sizes.small), stores.sqlite(sizes.large)
    times: dict[str, list[float]] = {small.url: [], large.url: []}
    with ExitStack() as opened:
        children = [(store, opened.enter_context(Child(store.url))) for store in (small, large)]
        for _ in range(TURNS):
            for store, child in children:
                providers = store.clinic["providers"][:20]
                rounds = sizes.rounds // TURNS
                times[store.url] += child.call("bench.searches:time_week", store.clinic["id"], providers, rounds)
    before, after = median(times[small.url]), median(times[large.url])
    figures = [
        Figure(f"a week of 20 providers, {sizes.large} appointments, to JSON", after, target=25),
        Figure(f"from {sizes.small} to {sizes.large}", after / before, "×", GROWTH),
    ]
    print(table("The calendar's week, SQLite", figures))
