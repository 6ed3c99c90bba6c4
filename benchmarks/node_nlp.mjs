// The contestant node-nlp (npm): the same file in, the same file out as contestant.py.
import { readFileSync, writeFileSync } from "node:fs";
import { NlpManager } from "node-nlp";

const [, , contest, said] = process.argv;
const rows = JSON.parse(readFileSync(contest, "utf8"));
const megabytes = () => process.memoryUsage().rss / 1048576;
// Its own names for languages; what it does not know it splits at spaces.
const KNOWN = { "zh-Hans": "zh", fil: "tl" };
const speak = (group) => { const name = rows.languages[group] ?? "en"; return KNOWN[name] ?? name; };

const before = megabytes();
let started = performance.now();
const managers = new Map();
for (const group of new Set(rows.questions.map(([name]) => name))) {
  const language = speak(group);
  const manager = new NlpManager({
    languages: [language], forceNER: false, autoSave: false, autoLoad: false, modelFileName: "",
    nlu: { log: false, useNoneFeature: false },
  });
  for (const [name, label, text] of rows.examples)
    if (group === "" || name === group) manager.addDocument(language, text, label);
  await manager.train();
  managers.set(group, manager);
}
const built = (performance.now() - started) / 1000;

const ask = async (group, text) => {
  const found = await managers.get(group).process(speak(group), text);
  const best = (found.classifications ?? []).slice(0, 3).map((one) => [one.intent, one.score]);
  return [best.filter(([label, score]) => label !== "None" && score > 0), null];
};
await ask(...rows.questions[0]);
const answers = [], seconds = [];
for (const [group, text] of rows.questions) {
  started = performance.now();
  answers.push(await ask(group, text));
  seconds.push((performance.now() - started) / 1000);
}
writeFileSync(said, JSON.stringify({ answers, seconds, built, memory: megabytes(), before }));
