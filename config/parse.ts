/** One value, from text (environment, flag, file of a secret) or from JSON, to what the setting wants. */
import type { Setting } from './setting.ts';

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly expected: string };

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
      return Array.isArray(value) && value.every((item) => typeof item === 'string' && setting.accepts(item)) ? right(value) : wrong(setting.expected);
    default:
      return typeof value === 'string' && value !== '' && (setting.pattern?.test(value) ?? true) ? right(value) : wrong(setting.expected);
  }
}
