"""Whether a template declares a resource, in JSON and in YAML; any doubt is an error."""

import json
from textwrap import dedent

import pytest

from lambda_handler.engagement_context.template import UnreadableTemplateError, declares

RESOURCES = {"Acme": {"Type": "Custom::EngagementContext", "Properties": {"Other": {"Hidden": "x"}}}, "Other1": {}}
JSON = json.dumps({"Description": "Deals", "Resources": RESOURCES, "Outputs": {"Output": {"Value": "x"}}})
YAML = """\
    # The deals
    AWSTemplateFormatVersion: '2010-09-09'
    Description: |
      Resources:
        InText: {}
    Parameters:
      Parameter:
        Type: String

    Resources:  # two
      # Gone: {}
      Acme:
        Type: Custom::EngagementContext
        DependsOn: Other1
        Properties:
          ServiceToken: !GetAtt
            - Provider
            - Arn
          Payload:
            Text: >-
              Hidden:
                 Hidden: x

              # Hidden
            Inline: { Hidden: !Ref Parameter }
      "Other1": {Type: 'AWS::SNS::Topic'}
    Outputs:
      Output:
        Value: !Sub "${Acme}: x"
"""


def yaml(text: str) -> str:
    """Return YAML without the indentation that it has in this file."""
    return dedent(text)


@pytest.mark.parametrize("template", [JSON, yaml(YAML), "---\n" + yaml(YAML), yaml(YAML).replace("\n", "\r\n")])
def test_the_resources_of_a_template_are_found(template: str) -> None:
    assert declares(template, "Acme")
    assert declares(template, "Other1")
    for name in ("Gone", "Other", "Hidden", "InText", "Parameter", "Output", "Description", "Type", "Acme1", "acme"):
        assert not declares(template, name)


def test_the_indentation_of_yaml_is_free() -> None:
    template = "Resources:\n   'Acme':\n    Type: X\n   Other:\n         Type: Y\n"
    assert declares(template, "Acme")
    assert declares(template, "Other")
    assert not declares(template, "Type")


@pytest.mark.parametrize(
    "template",
    [
        "",
        "text",
        "[]",
        "null",
        "{}",
        '{"Resources": []}',
        '{"Resources": null}',
        "Description: none\n",
        "Resources: {Acme: {Type: X}}\n",
        "Resources: &all\n  Acme: {}\n",
        "Resources:\n- Acme\n",
        "Resources:\n\tAcme:\n\t\tType: X\n",
        "Resources:\n  ? Acme\n  : Type: X\n",
        "Resources:\n  <<: *others\n  Acme: {}\n",
        "Resources:\n    Acme:\n  Other:\n",
        "Resources:\n  Acme:\n    Type: X\n  {\n  }\n",
        "Resources:\n  Acme: {}\nResources:\n  Other: {}\n",
        "Resources:\n  Acme:\n    Text: 'first\nSecond: line'\n  Other: {}\n",
        "  Indented: x\nResources:\n  Acme: {}\n",
    ],
)
def test_a_template_in_another_form_is_an_error(template: str) -> None:
    with pytest.raises(UnreadableTemplateError):
        declares(template, "Gone")


@pytest.mark.parametrize(
    "template",
    [
        '{"Transform": "Macro", "Resources": {"Acme": {}}}',
        '{"Transform": ["AWS::LanguageExtensions", "Macro"], "Resources": {"Acme": {}}}',
        '{"Transform": {"Name": "AWS::Include"}, "Resources": {"Acme": {}}}',
        '{"Transform": "AWS::LanguageExtensions", "Resources": {"Acme": {}, "Fn::ForEach::Deals": []}}',
        '{"Resources": {"Acme": {}, "Fn::Transform": {"Name": "AWS::Include"}}}',
        "Transform: Macro\nResources:\n  Acme: {}\n",
        "Transform:\n- AWS::LanguageExtensions\n- Macro\nResources:\n  Acme: {}\n",
        "Transform: AWS::LanguageExtensions\nResources:\n  Acme: {}\n  Fn::ForEach::Deals:\n    - X\n",
    ],
)
def test_what_a_transform_may_add_is_not_certainly_absent(template: str) -> None:
    assert declares(template, "Acme")
    with pytest.raises(UnreadableTemplateError):
        declares(template, "Gone")


@pytest.mark.parametrize(
    "template",
    [
        '{"Transform": "AWS::LanguageExtensions", "Resources": {"Acme": {}}}',
        'Transform: "AWS::LanguageExtensions" # for Fn::Length\nResources:\n  Acme: {}\n',
    ],
)
def test_the_language_extensions_add_nothing_without_a_loop(template: str) -> None:
    assert declares(template, "Acme")
    assert not declares(template, "Gone")
