"""Many at once: for one and the same time, and each for another."""

from collections import Counter

from bench import stores
from bench.children import Child, crowd
from bench.figures import Figure, percentile, table
from bench.plan import Sizes
from bench.stores import Store

CLIENTS = {16: 4, 64: 8}
"""Clients, and in how many processes."""
RUSH_TARGETS = {"PostgreSQL": {16: 100, 64: 300}, "SQLite": {16: 500, 64: 3000}}


def rush(sizes: Sizes, server: str) -> None:
    """Everybody wants the same time; exactly one gets it, and nobody waits long to hear so."""
    for name, store in _stores(sizes, server).items():
        figures = []
        with stores.scratch(store, server) as copy, Child(copy.url) as child:
            free = child.call("bench.clients:free_times", copy.clinic, 30)
            for clients, processes in CLIENTS.items():
                times, free = free[: sizes.rushes], free[sizes.rushes :]
                figures += _rush(copy, times, clients, processes, RUSH_TARGETS[name][clients])
        print(table(f"Rush on one time, {name}, {sizes.rushes} rounds", figures))


def _rush(store: Store, times: list[tuple[str, int]], clients: int, processes: int, target: float) -> list[Figure]:
    patients = store.clinic["patients"]
    given = [
        (store.actor, [_wish(store, provider, patients[client], start) for provider, start in times])
        for client in range(clients)
    ]
    answers = crowd(store.url, "bench.clients:rush", given, processes=processes)
    winners = [sum(answer[nth][0] == "booked" for answer in answers) for nth in range(len(times))]
    took = [milliseconds for answer in answers for _, milliseconds in answer]
    return [
        Figure(f"{clients} clients: winners a round at least", min(winners), "", 1, at_least=True),
        Figure(f"{clients} clients: winners a round at most", max(winners), "", 1),
        Figure(f"{clients} clients: half have their answer after", percentile(took, 50)),
        Figure(f"{clients} clients: 99 of 100 have their answer after", percentile(took, 99), target=target),
        Figure(f"{clients} clients: the last", max(took)),
    ]


def booking(sizes: Sizes, server: str) -> None:
    """Whole bookings — visit, payment and fact with them — by 16 clients over 50 providers."""
    for name, store in _stores(sizes, server).items():
        with stores.scratch(store, server) as copy, Child(copy.url) as child:
            free = child.call("bench.clients:free_times", copy.clinic, 60)
            figures = _statements(child, copy, free[-2:]) if name == "PostgreSQL" else []
            figures += _throughput(copy, free[:-2], sizes, 250 if name == "PostgreSQL" else None)
        print(table(f"Booking, {name}", figures))


def _statements(child: Child, store: Store, times: list[tuple[str, int]]) -> list[Figure]:
    wishes = [_wish(store, provider, store.clinic["patients"][0], start) for provider, start in times]
    sent = child.call("bench.clients:statements", store.actor, wishes)
    real = [one for one in sent if one not in ("BEGIN", "COMMIT")]
    return [Figure("statements of one booking, beside BEGIN and COMMIT", len(real), "", 12)]


def _throughput(store: Store, free: list[tuple[str, int]], sizes: Sizes, target: float | None) -> list[Figure]:
    clients, patients = 16, store.clinic["patients"]
    each = min(sizes.bookings, len(free) // clients)
    # Nobody is given two times in one round, so that patients are never what they wait for.
    given = [
        (
            store.actor,
            [
                _wish(store, provider, patients[(client + nth * clients) % len(patients)], start)
                for nth, (provider, start) in enumerate(free[client * each : (client + 1) * each])
            ],
        )
        for client in range(clients)
    ]
    answers = crowd(store.url, "bench.clients:book_all", given, processes=CLIENTS[clients])
    outcomes = Counter(outcome for _, _, found in answers for outcome, _ in found)
    took = [milliseconds for _, _, found in answers for _, milliseconds in found]
    seconds = max(ended for _, ended, _ in answers) - min(began for began, _, _ in answers)
    return [
        Figure("bookings a second, 16 clients", outcomes["booked"] / seconds, "/s", target, at_least=True),
        Figure("refused", outcomes.total() - outcomes["booked"], ""),
        Figure("99 of 100 are booked after", percentile(took, 99)),
    ]


def _wish(store: Store, provider: str, patient: str, start: int) -> tuple[str, str, str, str, int]:
    return store.clinic["id"], store.clinic["services"][0], provider, patient, start


def _stores(sizes: Sizes, server: str) -> dict[str, Store]:
    return {"PostgreSQL": stores.postgres(server, sizes.small), "SQLite": stores.sqlite(sizes.small)}
