/** One value, from text (environment, flag, file of a secret) or from JSON, to what the setting wants. */
import type { ListSetting, Setting } from './setting.ts';

export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  /** `expected` follows "must be"; `because` is a clause about the part that is wrong, where one is. */
  | { readonly ok: false; readonly expected: string; readonly because?: string };

const TRUE = new Set(['true', '1', 'yes', 'on']);
const FALSE = new Set(['false', '0', 'no', 'off']);

const right = (value: unknown): Parsed => ({ ok: true, value });
const wrong = (expected: string): Parsed => ({ ok: false, expected });

export function parseText(setting: Setting, raw: string): Parsed {
  const trimmed = raw.trim();
  switch (setting.kind) {
    case 'integer':
    case 'number':
      return check(setting, trimmed === '' || !/^[+-]?(\d+\.?\d*|\.\d+)(e\d+)?$/i.test(trimmed) ? Number.NaN : Number(trimmed));
    case 'boolean':
      if (TRUE.has(trimmed.toLowerCase())) return right(true);
      if (FALSE.has(trimmed.toLowerCase())) return right(false);
      return wrong('true or false');
    case 'list':
      return check(setting, trimmed === '' ? [] : trimmed.split(',').map((item) => item.trim()));
    default:
      return check(setting, trimmed);
  }
}

/** Checks a value that has its final shape already, as in the JSON file or handed in by a program. */
export function check(setting: Setting, value: unknown): Parsed {
  switch (setting.kind) {
    case 'integer':
    case 'number': {
      const whole = setting.kind === 'integer';
      const fits = typeof value === 'number' && value >= setting.min && value <= setting.max && (!whole || Number.isInteger(value));
      return fits ? right(value) : wrong(`a ${whole ? 'whole ' : ''}number from ${setting.min} to ${setting.max}${setting.unit === '' ? '' : ` (${setting.unit})`}`);
    }
    case 'boolean':
      return typeof value === 'boolean' ? right(value) : wrong('true or false');
    case 'choice':
      return typeof value === 'string' && setting.choices.includes(value) ? right(value) : wrong(`one of ${setting.choices.join(', ')}`);
    case 'list':
      return checkList(setting, value);
    default:
      return typeof value === 'string' && value !== '' && (setting.pattern?.test(value) ?? true) ? right(value) : wrong(setting.expected);
  }
}

function checkList(setting: ListSetting, value: unknown): Parsed {
  if (!Array.isArray(value)) return wrong(setting.expected);
  for (const item of value as readonly unknown[]) {
    if (typeof item !== 'string') return wrong(setting.expected);
    const because = setting.reasonAgainst(item);
    if (because !== undefined) return { ok: false, expected: setting.expected, because };
  }
  return right(value);
}
