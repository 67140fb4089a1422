"""Formats docs/operations/benchmarks.md: tables of the results, and a table that compares the results with the targets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

TITLES = {
    "ours": "cdk-partnercentral",
    "plain": "plain crhelper",
    "aws": "AwsCustomResource",
    "bare": "bare CustomResource",
}
CALLS = {"Create": [1, 1], "unchanged Update": [1, 0], "changed Update": [1, 1], "Delete": [0, 0]}
MB = 1_000_000


def targets(results: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield a tuple for each measured target: the figure, the target, the measured value, and whether the target is met."""
    if "cold" in results:
        to_plain, peak = results["cold"]["to plain"]["ours"], results["cold"]["medians"]["ours"]["peak"] / MB
        create, memory = to_plain["answered"], to_plain["peak"]
        yield "cold Create", "at most 0.50 times plain crhelper", f"{create:.2f}", create <= 0.5
        yield "memory of a Create", "less than plain crhelper", f"{memory:.2f}", memory < 1
        yield "memory of a Create", "at most 77 MB (60% of 128 MB)", f"{peak:.0f} MB", peak <= 77
    if "lambda" in results:
        figure = results["lambda"]["to plain"]["ours"]["answered"]
        yield (
            "cold Create, with Lambda's runtime client",
            "at most 0.50 times plain crhelper",
            f"{figure:.2f}",
            figure <= 0.5,
        )
    if "warm" in results:
        figure = results["warm"]["ours"]["milliseconds"]
        yield "warm Create, without the time of the servers", "at most 5 ms", f"{figure:.1f} ms", figure <= 5
    if "zip" in results:
        figure = results["zip"]["ours"] / results["zip"]["plain"]
        yield "zip, including byte code", "at most 0.20 times plain crhelper", f"{figure:.2f}", figure <= 0.2
    if "synthesis" in results:
        figure = results["synthesis"]["to bare"]["ours"]
        yield "synthesis: time per context", "at most 2.00 times bare CustomResource", f"{figure:.2f}", figure <= 2
    if "template" in results:
        sizes = results["template"]["bytes for one more context"]
        figure = sizes["ours"] / sizes["aws"]
        yield "template: bytes per context", "less than AwsCustomResource", f"{figure:.2f}", figure < 1
        for engagements, stack in results["template"]["stacks"].items():
            yield (
                f"{stack['contexts']} contexts in one stack, {engagements} engagements",
                "at most 500 resources and 1 MB (CloudFormation's limits)",
                f"{stack['resources']} resources, {stack['bytes'] / MB:.2f} MB",
                stack["resources"] <= 500 and stack["bytes"] <= MB,
            )
    for kind, expected in CALLS.items() if "calls" in results else ():
        counted = results["calls"]["ours"][kind]
        yield f"API calls, {kind}", "{} + {}".format(*expected), "{} + {}".format(*counted), counted == expected
    for rate, each in results["crowd"]["ours"].items() if "crowd" in results else ():
        number, time = each["succeeded"] + each["failed"], _ideal(rate, each)
        yield (
            f"{number} contexts at the same time, {rate} writes per second",
            "all are created, in at most 1.5 times the ideal time",
            f"{each['succeeded']} of {number}, {time:.2f}",
            not each["failed"] and time <= 1.5,
        )


def _ideal(rate: str, each: dict[str, float]) -> float:
    return each["seconds"] / ((each["succeeded"] + each["failed"]) / float(rate))


def table(head: str, rows: Iterator[tuple[object, ...]]) -> str:
    """Return a Markdown table. `head` contains the column names, separated by `|`."""
    lines = [head, "|".join([" --- "] * len(head.split("|"))), *(" | ".join(map(str, row)) for row in rows)]
    return "\n".join(f"| {line.strip()} |" for line in lines)


def target_table(results: dict[str, Any]) -> str:
    """Return a Markdown table of the targets and the measured values."""
    rows = ((what, target, found, "yes" if met else "**no**") for what, target, found, met in targets(results))
    return table("figure | target | measured | met", rows)


def _function_rows(results: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    for name, ratios in results["cold"]["to plain"].items():
        yield (
            TITLES[name],
            *(f"{ratios[kind]:.2f}" for kind in ("answered", "ready", "cpu", "peak")),
            f"{results['zip'][name] / results['zip']['plain']:.3f}",
            f"{results['warm'][name]['milliseconds']:.1f} ms",
            "{} + {}".format(*results["calls"][name]["Create"]),
        )


def _lambda_rows(results: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    for name, seconds in results["lambda"]["medians"].items():
        ratios = results["lambda"]["to plain"][name]
        kinds = ("ready", "answered")
        yield (
            TITLES[name],
            *(f"{1000 * seconds[kind]:.0f} ms" for kind in kinds),
            *(f"{ratios[kind]:.2f}" for kind in kinds),
        )


def _crowd_rows(results: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    for name, rates in results["crowd"].items():
        for rate, each in rates.items():
            yield (
                TITLES[name],
                rate,
                each["succeeded"],
                each["failed"],
                f"{_ideal(rate, each):.2f}",
                f"{each['calls']:.0f}",
            )


def _way_rows(results: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    synthesis, template = results["synthesis"], results["template"]
    for way, ratio in synthesis["to bare"].items():
        most = ", ".join(f"{number} {by}" for by, number in template["contexts"][way].items())
        size = template["bytes for one more context"][way]
        yield TITLES[way], f"{ratio:.2f}", f"{synthesis['kernel calls'][way]:.0f}", f"{size:,.0f}", most


def page(results: dict[str, Any]) -> str:
    """Return the text of docs/operations/benchmarks.md."""
    functions = " | cold Create | until ready | processor time | peak memory | zip | warm Create | reads + writes"
    text = Path(__file__).with_name("page.md").read_text(encoding="utf-8")
    return text.format(
        **results["parameters"],
        machine=results["machine"],
        date=results["date"],
        python=results["python"],
        synthesis_python=results["synthesis python"],
        share=f"{results['synthesis']['library share']:.0%}",
        targets=target_table(results),
        functions_table=table(functions, _function_rows(results)),
        lambda_table=table(
            " | until the first event | until the response | first event, ratio | response, ratio",
            _lambda_rows(results),
        ),
        crowd_table=table(
            " | writes per second | created | failed | time / ideal time | requests", _crowd_rows(results)
        ),
        ways_table=table(
            " | time per context | kernel calls | bytes per context | most contexts in one stack", _way_rows(results)
        ),
    )
