"""Writes results as Markdown tables and as plots. Reads figures and knows nothing of how they were made."""

from typing import Any

from benchmarks.plots import Bar, plot
from benchmarks.targets import targets

TITLES = {
    "ours": "cdk-partnercentral",
    "plain": "plain crhelper",
    "compiled": "plain crhelper with byte code",
    "aws": "AwsCustomResource",
    "floor": "the floor",
    "bare": "bare CustomResource",
    "provider": "Provider framework",
}
FUNCTIONS = ("ours", "plain", "compiled", "aws", "floor")
WAYS = ("ours", "bare", "provider", "aws")


def table(*rows: tuple[str, ...]) -> str:
    """Return a Markdown table; the first row is the heading."""
    head, *rest = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, f"|{' --- |' * len(rows[0])}", *rest])


def target_table(results: dict[str, Any]) -> str:
    """Return every target with what was measured."""
    rows = [
        (
            line.what,
            f"{line.target} (stretch)" if line.stretch else line.target,
            line.measured,
            "yes" if line.reached else "**no**",
        )
        for line in targets(results)
    ]
    return table(("what", "target", "measured", "reached"), *rows)


def function_table(results: dict[str, Any]) -> str:
    """Return everybody's function, as ratios to plain crhelper, with the two figures that are none."""
    cold, zips, warm, calls = (results[section] for section in ("cold", "zip", "warm", "calls"))
    rows = []
    for name in FUNCTIONS:
        to_plain = cold["to plain"][name]
        create = "{} + {}".format(*calls[name]["Create"]) if name in calls else "1 + 1"
        rows.append(
            (
                TITLES[name],
                *(f"{to_plain[kind]:.2f}" for kind in ("answered", "ready", "cpu", "peak")),
                f"{zips[name] / zips['plain']:.3f}" if name in zips else "-",
                f"{warm['medians'][name]['milliseconds']:.1f} ms",
                create,
            )
        )
    ratios = ("cold Create", "up to ready", "processor time", "peak memory", "zip")
    return table(("", *ratios, "warm Create", "reads + writes"), *rows)


def way_table(results: dict[str, Any]) -> str:
    """Return the ways to declare, as ratios to a bare CustomResource."""
    ours = {way: 1 / ratio for way, ratio in _ours_to(results).items()}
    template = results["template"]
    sizes = template["bytes for one more context"]
    rows = []
    for way in WAYS:
        contexts = f"{template['contexts by resources'][way]}"
        inline = template["contexts by inline policies"].get(way)
        rows.append(
            (
                TITLES[way],
                f"{_ours_to(results)['bare'] * ours[way]:.2f}",
                f"{results['synthesis']['kernel calls'][way]:.0f}",
                f"{sizes[way]:,.0f}",
                f"{contexts}, by its role's policies {inline}" if inline else contexts,
            )
        )
    return table(("", "time for one more", "kernel calls", "bytes for one more", "contexts in one stack"), *rows)


def _ours_to(results: dict[str, Any]) -> dict[str, float]:
    ratios: dict[str, float] = results["synthesis"]["ratios"]
    return {"ours": 1.0, **{way: ratios[f"ours/{way}"] for way in WAYS[1:]}}


def crowd_table(results: dict[str, Any]) -> str:
    """Return what became of each crowd."""
    rows = []
    for name, rates in results["crowd"].items():
        for rate, each in rates.items():
            number = each["succeeded"] + each["failed"]
            rows.append(
                (
                    TITLES[name],
                    rate,
                    str(each["succeeded"]),
                    str(each["failed"]),
                    f"{each['seconds'] / (number / float(rate)):.2f}",
                    f"{each['calls']:.0f}",
                )
            )
    head = ("", "writes a second", "created", "failed", "time, by the ideal", "requests")
    return table(head, *rows)


def plots(results: dict[str, Any]) -> dict[str, str]:
    """Return the plots by the names of their files."""
    ratios = results["cold"]["to plain"]
    medians = results["cold"]["medians"]
    cold, memory = [], []
    for name in FUNCTIONS:
        whole, share = ratios[name]["answered"], medians[name]["ready"] / medians[name]["answered"]
        parts = (whole * share, whole * (1 - share))
        cold.append(Bar(label=TITLES[name], parts=parts, text=f"{whole:.2f}", ours=name == "ours"))
        peak = ratios[name]["peak"]
        memory.append(Bar(label=TITLES[name], parts=(peak,), text=f"{peak:.2f}", ours=name == "ours"))
    crowd = [
        Bar(label=f"{TITLES[name]}, {rate}/s", parts=(each["failed"],), text=f"{each['failed']}", ours=name == "ours")
        for name, rates in results["crowd"].items()
        for rate, each in rates.items()
    ]
    told = {
        "bench-cold": ("A whole cold Create, up to ready and after it, by plain crhelper's", cold),
        "bench-memory": ("The peak memory of a Create, by plain crhelper's", memory),
        "bench-crowd": ("Failed creates of a crowd, by the writes a second that the service allows", crowd),
    }
    return {f"{name}.svg": plot(name, title, _described(title, bars), bars) for name, (title, bars) in told.items()}


def _described(title: str, bars: list[Bar]) -> str:
    return f"{title}. " + " ".join(f"{bar.label}: {bar.text}." for bar in bars)
