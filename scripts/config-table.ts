/**
 * Prints the table of settings for the README, made from the schema. `--write FILE` puts it between the marks
 * `<!-- settings -->` and `<!-- /settings -->`; `--check FILE` fails when what stands there is not what the schema says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { envName, flagName, SETTING_NAMES } from '../config/names.ts';
import { SETTINGS } from '../config/schema.ts';
import type { Setting } from '../config/setting.ts';

const BETWEEN_MARKS = /(<!-- settings -->\n)[\s\S]*?(<!-- \/settings -->)/;

function shownDefault(setting: Setting): string {
  const value = setting.default;
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '';
  return `\`${String(value)}\`${setting.unit === '' ? '' : ` ${setting.unit}`}`;
}

export function settingsTable(): string {
  const rows = SETTING_NAMES.map((name) => {
    const setting: Setting = SETTINGS[name];
    const env = `\`${envName(name)}\`${setting.secret ? ` or \`${envName(name)}_FILE\`` : ''}`;
    return `| ${env} | \`--${flagName(name)}\` | ${shownDefault(setting)} | ${setting.why} |`;
  });
  return ['| Environment | Flag | Default | What and why |', '|---|---|---|---|', ...rows, ''].join('\n');
}

const { values } = parseArgs({ options: { check: { type: 'string' }, write: { type: 'string' } } });
const table = settingsTable();
const path = values.check ?? values.write;
if (path === undefined) console.log(table);
else {
  const text = readFileSync(path, 'utf8');
  if (!BETWEEN_MARKS.test(text)) throw new Error(`${path} has no <!-- settings --> and <!-- /settings --> marks.`);
  const right = text.replace(BETWEEN_MARKS, (_all, open: string, close: string) => `${open}${table}${close}`);
  if (values.write !== undefined) writeFileSync(path, right);
  else if (right !== text) {
    console.error(`The settings table in ${path} is not what the schema says. Run: node scripts/config-table.ts --write ${path}`);
    process.exitCode = 1;
  }
}
