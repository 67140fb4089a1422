"""Draw the diagrams of the documentation. `python -m scripts.diagrams` writes docs/assets/diagrams/*.svg.

Each file works alone and inside a page. Alone, it follows the color scheme of the reader's system. Inside a page of the site,
it follows the color scheme that the reader chose. A page includes the file inside a `<div>`:

    <div>
    --8<-- "docs/assets/diagrams/create.svg"
    </div>

Coordinates are in pixels. A page on a phone shows a diagram at about two thirds of its size.
"""

import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "assets" / "diagrams"
LINE = 21  # the height of a line of text
LIGHT = {
    "page": "#ffffff",
    "text": "#17202a",
    "label": "#46535f",
    "line": "#5b6b7b",
    "step": "#f3f5f8",
    "ask": "#fff6da",
    "ask-line": "#8a6900",
    "good": "#e6f5ea",
    "good-line": "#1b7a3d",
    "bad": "#fdebea",
    "bad-line": "#b3261e",
    "start": "#2f4bb3",
    "start-text": "#ffffff",
}
DARK = {
    "page": "#10161e",
    "text": "#e8edf2",
    "label": "#b6c2cd",
    "line": "#8a9bad",
    "step": "#1c2632",
    "ask": "#2d2710",
    "ask-line": "#dcbb4f",
    "good": "#12301c",
    "good-line": "#6fcf97",
    "bad": "#3a1715",
    "bad-line": "#f2948c",
    "start": "#3d56d6",
    "start-text": "#ffffff",
}
RULES = """\
.diagram { display: block; width: 100%; height: auto; margin: 1.2em auto; }
.diagram text { font: 16px system-ui, -apple-system, "Segoe UI", sans-serif; }
.diagram .page { fill: var(--page); }
.diagram .step { fill: var(--step); stroke: var(--line); stroke-width: 1.5; }
.diagram .ask { fill: var(--ask); stroke: var(--ask-line); stroke-width: 1.5; }
.diagram .good { fill: var(--good); stroke: var(--good-line); stroke-width: 2.5; }
.diagram .bad { fill: var(--bad); stroke: var(--bad-line); stroke-width: 2.5; }
.diagram .start { fill: var(--start); }
.diagram .free { fill: none; stroke: var(--line); stroke-dasharray: 4 4; }
.diagram .area { fill: none; stroke: var(--line); stroke-width: 1.5; stroke-dasharray: 7 5; }
.diagram .line { fill: none; stroke: var(--line); stroke-width: 1.5; }
.diagram .faint { fill: none; stroke: var(--line); stroke-dasharray: 2 5; }
.diagram .tip { fill: var(--line); }
.diagram text { fill: var(--text); text-anchor: middle; }
.diagram .of-start { fill: var(--start-text); }
.diagram text.strong { font-weight: 600; }
.diagram text.code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 14px; }
.diagram text.label { fill: var(--label); font-size: 15px; }
.diagram .left { text-anchor: start; }
.diagram .right { text-anchor: end; }"""


class Drawing:
    """A diagram in progress."""

    def __init__(self, name: str, title: str, description: str, *, width: int, height: int) -> None:
        self.name, self.title, self.description = name, title, description
        self.width, self.height = width, height
        self.parts: list[str] = []

    def box(self, kind: str, x: float, y: float, width: float, lines: Iterable[str], height: float = 0) -> None:
        """Draw a box with lines of text. A line may begin with the class of its text and a colon, such as `code:`."""
        texts = [
            line.partition(":") if line.startswith(("code:", "strong:", "label:")) else ("", "", line) for line in lines
        ]
        height = height or 22 + LINE * len(texts)
        if kind == "ask":
            points = [(x + 14, y), (x + width - 14, y), (x + width, y + height / 2)]
            points += [(x + width - 14, y + height), (x + 14, y + height), (x, y + height / 2)]
            self.parts.append(f'<polygon class="ask" points="{" ".join(f"{a:g},{b:g}" for a, b in points)}"/>')
        else:
            radius = height / 2 if kind == "start" else 8
            self.parts.append(
                f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}"/>'
            )
        first = y + height / 2 - LINE * (len(texts) - 1) / 2 + 5.5
        for number, (of, _, text) in enumerate(texts):
            self.text(text, x + width / 2, first + LINE * number, f"{of} of-start".strip() if kind == "start" else of)

    def text(self, text: str, x: float, y: float, kind: str = "label") -> None:
        """Write a line of text. The kind is one or more classes."""
        names = f' class="{kind}"' if kind else ""
        self.parts.append(f'<text{names} x="{x:g}" y="{y:g}">{escape(text, quote=False)}</text>')

    def area(self, x: float, y: float, width: float, height: float, text: str) -> None:
        """Draw a boundary with its name."""
        self.parts.append(f'<rect class="area" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="12"/>')
        self.text(text, x + 14, y + 23, "label left")

    def arrow(self, path: str, text: str = "", x: float = 0, y: float = 0, kind: str = "label left") -> None:
        """Draw an arrow along a path of SVG, with a label at x and y."""
        self.parts.append(f'<path class="line" d="{path}" marker-end="url(#{self.name}-tip)"/>')
        if text:
            self.text(text, x, y, kind)

    def line(self, path: str, kind: str = "line") -> None:
        """Draw a line without a tip."""
        self.parts.append(f'<path class="{kind}" d="{path}"/>')

    def svg(self) -> str:
        """Return the file."""
        attributes = (
            f'class="diagram" viewBox="0 0 {self.width} {self.height}" style="max-width: {self.width * 1.1:g}px" '
            f'role="img" aria-labelledby="{self.name}-title {self.name}-desc"'
        )
        tip = f'id="{self.name}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"'
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>',
                f'<title id="{self.name}-title">{escape(self.title, quote=False)}</title>',
                f'<desc id="{self.name}-desc">{escape(self.description, quote=False)}</desc>',
                f"<style>\n{colors()}\n{RULES}\n</style>",
                f'<defs><marker {tip}><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
                f'<rect class="page" width="{self.width}" height="{self.height}" rx="12"/>',
                *self.parts,
                "</svg>\n",
            ]
        )


def colors() -> str:
    """Return the colors as CSS. The site names its color scheme in an attribute; alone, the system's scheme applies."""
    light, dark = ("; ".join(f"--{name}: {value}" for name, value in scheme.items()) for scheme in (LIGHT, DARK))
    return (
        f".diagram {{ {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ .diagram {{ {dark} }} }}\n"
        f'[data-md-color-scheme="default"] .diagram {{ {light} }}\n'
        f'[data-md-color-scheme="slate"] .diagram {{ {dark} }}'
    )


def architecture() -> Drawing:
    """Draw the parts of a deployment, and the boundaries of account and Region."""
    drawing = Drawing(
        "architecture",
        "Architecture",
        "A CDK app on your computer is synthesized to a template, and cdk deploy hands it to CloudFormation. In your "
        "AWS account, in any Region, CloudFormation sends an event for each resource to one Lambda function of the "
        "stack, and the function sends a response. The function has an IAM role and a log group. It reads and writes "
        "the engagement through the API of AWS Partner Central in us-east-1. An engagement contains up to five "
        "contexts.",
        width=540,
        height=658,
    )
    drawing.area(10, 10, 520, 104, "Your computer or pipeline")
    drawing.box("start", 44, 44, 200, ["strong:CDK app", "Python"], height=58)
    drawing.text("engagements and contexts", 262, 69, "label left")
    drawing.text("that your app declares", 262, 90, "label left")
    drawing.arrow("M144 102V228", "cdk deploy: the template, with", 156, 136)
    drawing.text("the payloads, and the function's code", 156, 157, "label left")

    drawing.area(10, 172, 520, 262, "")
    drawing.text("Your AWS account, linked to Partner Central", 514, 193, "label right")
    drawing.area(24, 202, 492, 218, "")
    drawing.text("Region of the stack", 502, 224, "label right")
    drawing.box("step", 44, 232, 180, ["strong:CloudFormation", "your stack"], height=76)
    drawing.box("good", 322, 232, 180, ["strong:Lambda function", "one for each stack"], height=76)
    drawing.arrow("M224 256H320", "event", 272, 249, "label")
    drawing.arrow("M322 286H226", "response", 272, 305, "label")
    drawing.box("step", 218, 350, 110, ["IAM role"], height=48)
    drawing.box("step", 340, 350, 100, ["Logs"], height=48)
    drawing.line("M346 308V329H273V350")
    drawing.line("M390 308V350")

    drawing.arrow("M470 308V520", "HTTPS requests: read, create, update", 460, 458, "label right")
    drawing.area(10, 472, 520, 176, "AWS Partner Central, in us-east-1")
    drawing.box("step", 44, 522, 458, [], height=110)
    drawing.text("Engagement", 60, 549, "strong left")
    drawing.text("with up to five contexts", 487, 549, "label right")
    for number, text in enumerate(["Lead", "Project", "", "", ""]):
        drawing.box("good" if text else "free", 60 + 87 * number, 566, 78, [text], height=50)
    return drawing


def create() -> Drawing:
    """Draw what the function does on Create."""
    drawing = Drawing(
        "create",
        "What happens on Create",
        "The function reads the engagement. With existing_context_id, it manages that context, or fails if the "
        "context does not exist. Otherwise it adopts the one context that is equal to the declaration and that no "
        "other construct manages. It fails if there are two, and creates a context if there is none. If Partner "
        "Central returns a new ID, the context was created. If it returns the ID of an existing context, the request "
        "was a replay, and that context is updated in place. If the engagement is full, the function fails and names "
        "its contexts. After a conflict, it starts again with the read, for about a minute.",
        width=540,
        height=672,
    )
    drawing.box("start", 14, 12, 260, ["Create"])
    drawing.arrow("M144 55V84")
    drawing.box("step", 14, 86, 260, ["Read the engagement", "code:GetEngagement"])
    drawing.arrow("M144 150V180")
    drawing.box("ask", 14, 182, 260, ["Is existing_context_id set?"])
    drawing.arrow("M144 225V278", "no", 154, 258)
    drawing.box("ask", 14, 280, 260, ["Is one context equal, and", "not another construct's?"])
    drawing.arrow("M144 344V418", "none", 154, 386)
    drawing.box("step", 14, 420, 260, ["Create it, with the token", "code:CreateEngagementContext"])
    drawing.arrow("M144 484V516")
    drawing.box("ask", 14, 518, 260, ["Which ID was returned?"])
    drawing.arrow("M144 561V614", "a new one", 154, 594)
    drawing.box("good", 14, 616, 260, ["Created"])

    drawing.box("good", 334, 161, 194, ["Update it if it differs;", "fail if it does not", "exist"])
    drawing.arrow("M274 203.5H332", "yes", 302, 196, "label")
    drawing.box("good", 334, 266, 194, ["Adopted: updated", "if it differs"])
    drawing.arrow("M269 298H332", "one", 304, 291, "label")
    drawing.box("bad", 334, 352, 194, ["Fail, naming their IDs"])
    drawing.arrow("M266 330H286V373.5H332", "two", 308, 367, "label")
    drawing.box("bad", 334, 412, 194, ["Full: fail, naming", "its contexts"])
    drawing.arrow("M274 444H332")
    drawing.box("step", 334, 492, 194, ["Conflict: read again,", "for about a minute"])
    drawing.arrow("M274 472H286V524H332")
    drawing.box("good", 334, 576, 194, ["A replay: update it", "if it differs"])
    drawing.arrow("M274 539.5H286V608H332", "old", 308, 602, "label")
    return drawing


def update() -> Drawing:
    """Draw what the function does on Update."""
    drawing = Drawing(
        "update",
        "What happens on Update",
        "The physical ID determines the context. If it does not name a context, or another catalog, engagement or "
        "Type is declared, the function does what Create does. A new physical ID means a replacement, and the old "
        "context stays. Otherwise the function reads the engagement. It is an error if the context does not exist any "
        "more. If the context is as declared, nothing is written. Otherwise the function sends one update under the "
        "engagement's lock. After a conflict it reads again. If the result of the update is unknown, it sends the "
        "same request with the same lock again.",
        width=540,
        height=738,
    )
    drawing.box("start", 14, 12, 260, ["Update"])
    drawing.arrow("M144 55V84")
    drawing.box(
        "ask", 14, 86, 260, ["Does the physical ID name", "a context in the declared", "catalog and engagement?"]
    )
    drawing.arrow("M144 171V224", "yes", 154, 204)
    drawing.box("step", 14, 226, 260, ["Read the engagement", "code:GetEngagement"])
    drawing.arrow("M144 290V322")
    drawing.box("ask", 14, 324, 260, ["Is the context there,", "with the declared Type?"])
    drawing.arrow("M144 388V446", "yes", 154, 424)
    drawing.box("ask", 14, 448, 260, ["Does it equal the", "declaration?"])
    drawing.arrow("M144 512V570", "no", 154, 548)
    drawing.box("step", 14, 572, 260, ["One update, with the lock", "code:UpdateEngagementContext"])
    drawing.arrow("M144 636V682")
    drawing.box("good", 14, 684, 260, ["Updated in place"])

    drawing.box("good", 334, 86, 194, ["Create, there: another", "physical ID, and the", "old context stays"])
    drawing.arrow("M274 128.5H332", "no", 302, 121, "label")
    drawing.box("bad", 334, 296, 194, ["Gone: fail, and create", "nothing instead"])
    drawing.arrow("M268 340H332", "no", 302, 333, "label")
    drawing.box("good", 334, 380, 194, ["Another Type: Create"])
    drawing.arrow("M266 374H286V401.5H332")
    drawing.box("good", 334, 448, 194, ["Nothing is written"], height=64)
    drawing.arrow("M274 480H332", "yes", 302, 473, "label")
    drawing.box(
        "step",
        334,
        562,
        194,
        ["Conflict: read again,", "and decide again", "No response: send the", "same request again"],
    )
    drawing.arrow("M274 604H332")
    return drawing


def rollback() -> Drawing:
    """Draw what a rollback restores, and what the next deployment adopts."""
    drawing = Drawing(
        "rollback",
        "What happens in a rollback",
        "A deployment changes the title of context 1 from A to B and creates context 2. Then another resource of the "
        "stack fails. CloudFormation sends the update in reverse, and the function writes the title A again. Context "
        "2 stays, because nothing can delete a context. The next deployment declares context 2 again, and the "
        "function adopts it instead of creating a third one.",
        width=540,
        height=712,
    )
    cloudformation, function, central = 92, 270, 448
    for x, text in ((cloudformation, "CloudFormation"), (function, "Function"), (central, "Partner Central")):
        drawing.line(f"M{x} 54V700", "faint")
        drawing.box("start", x - 80, 12, 160, [text], height=42)

    def section(y: float, text: str) -> None:
        drawing.line(f"M12 {y}H528")
        drawing.parts.append(f'<rect class="page" x="14" y="{y + 4}" width="200" height="26"/>')
        drawing.text(text, 18, y + 22, "strong left")

    def exchange(y: float, event: str, call: str) -> None:
        drawing.arrow(f"M{cloudformation} {y}H{function - 2}", event, (cloudformation + function) / 2, y - 8, "label")
        drawing.arrow(f"M{function} {y + 28}H{central - 2}", call, (function + central) / 2, y + 20, "label")

    def contexts(kind: str, y: float, *lines: str) -> None:
        drawing.box(kind, central - 86, y, 172, [f"Context {line}" for line in lines])

    section(74, "A deployment")
    exchange(130, "Update: title B", "update")
    contexts("step", 168, "1: title B")
    exchange(240, "Create", "create")
    contexts("step", 278, "1: title B", "2: new")
    drawing.box("bad", cloudformation - 80, 278, 160, ["Another resource", "fails"])

    section(362, "The rollback")
    exchange(418, "Update: title A", "update")
    contexts("good", 456, "1: title A", "2: stays")
    drawing.box("step", cloudformation - 80, 456, 160, ["Context 2", "code:DELETE_SKIPPED"])

    section(540, "The next deployment")
    exchange(596, "Create", "read, and adopt")
    contexts("good", 634, "1: title A", "2: adopted")
    return drawing


DIAGRAMS = (architecture, create, update, rollback)


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for draw in DIAGRAMS:
        drawing = draw()
        (FOLDER / f"{drawing.name}.svg").write_text(drawing.svg(), encoding="utf-8")
        sys.stdout.write(f"Wrote {drawing.name}.svg\n")


if __name__ == "__main__":
    main()
