/** Every setting in effect and where it came from. A secret's value is never told, only whether it is set. */
import { Type, type Static } from 'typebox';
import { envName, flagName, SETTING_NAMES } from '../../config/names.ts';
import { SETTINGS, type Config, type SettingName } from '../../config/schema.ts';
import type { Origins } from '../../config/load.ts';

const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Array(Type.String()), Type.Null()]);

const Setting = Type.Object({
  name: Type.String({ description: 'As the configuration file has it' }),
  environment: Type.String(),
  flag: Type.String({ description: 'Without the two dashes. A secret\'s names a file.' }),
  secret: Type.Boolean(),
  isSet: Type.Boolean({ description: 'Whether it has a value at all' }),
  value: Value,
  unit: Type.String(),
  default: Value,
  why: Type.String(),
  origin: Type.Union([Type.Literal('default'), Type.Literal('file'), Type.Literal('environment'), Type.Literal('flag')]),
});

export const SettingsSchema = Type.Object({
  items: Type.Array(Setting, { description: 'In the order of the documentation. `value` of a secret is always null.' }),
});
export type Settings = Static<typeof SettingsSchema>;

type Shown = string | number | boolean | string[] | null;

/** Without `origins` (a program that made the configuration by itself): what differs from the default counts as a flag. */
export function describeSettings(config: Config, origins?: Origins): Settings {
  return { items: SETTING_NAMES.map((name) => describe(name, config, origins)) };
}

function describe(name: SettingName, config: Config, origins: Origins | undefined): Settings['items'][number] {
  const { secret, unit, why, default: defaultValue } = SETTINGS[name];
  const value = shown(config[name]);
  const isDefault = JSON.stringify(value) === JSON.stringify(shown(defaultValue));
  return {
    name, environment: envName(name), flag: flagName(name), secret, unit, why,
    isSet: value !== null, value: secret ? null : value, default: secret ? null : shown(defaultValue),
    origin: origins?.[name] ?? (isDefault ? 'default' : 'flag'),
  };
}

function shown(value: Config[SettingName]): Shown {
  if (value === undefined) return null;
  return typeof value === 'object' ? [...value] : value;
}
