// Applies packs of cdk-nag to templates, and prints the result of every rule that applies to a resource.
//
// cdk-nag itself reports only rules that are not met. To find the rules that are met, this script reads the templates into CDK
// constructs and records what each rule returns.
//
// Input: {"<name of a template>": <template>, ...}
// Output: {"<name of a template>": [{"pack", "rule", "info", "findings": ["<logical ID>", "<finding>", ...]}, ...], ...}

const { readFileSync, writeFileSync, mkdtempSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { App, Stack } = require("aws-cdk-lib");
const { CfnInclude } = require("aws-cdk-lib/cloudformation-include");
const nag = require("cdk-nag");

const PACKS = [
  nag.AwsSolutionsChecks,
  nag.ServerlessChecks,
  nag.HIPAASecurityChecks,
  nag.NIST80053R5Checks,
  nag.PCIDSS321Checks,
];
const { COMPLIANT, NOT_APPLICABLE } = nag.NagRuleCompliance;

function results(template) {
  const folder = mkdtempSync(join(tmpdir(), "nag-"));
  const file = join(folder, "template.json");
  writeFileSync(file, JSON.stringify(template));
  const stack = new Stack(new App({ outdir: folder }), "Stack");
  new CfnInclude(stack, "Template", { templateFile: file });
  return PACKS.flatMap((pack) => resultsOfPack(pack, stack));
}

function resultsOfPack(Pack, stack) {
  const rules = new Map();
  class Recorder extends Pack {
    applyRule({ rule, node, info, ruleSuffixOverride }) {
      const name = ruleSuffixOverride ?? rule.name;
      const result = rule(node);
      if (result === NOT_APPLICABLE) return;
      const entry = rules.get(name) ?? { pack: this.readPackName, rule: name, info, findings: [] };
      rules.set(name, entry);
      if (result === COMPLIANT) return;
      for (const finding of Array.isArray(result) ? result : [""]) entry.findings.push([node.node.id, finding]);
    }
  }
  new Recorder().validateScope(stack);
  return [...rules.values()];
}

const templates = JSON.parse(readFileSync(0, "utf8"));
const all = Object.fromEntries(Object.entries(templates).map(([name, template]) => [name, results(template)]));
process.stdout.write(JSON.stringify(all));
