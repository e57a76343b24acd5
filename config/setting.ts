/** What a setting is: its type, bounds, default and the reason for it. schema.ts lists them; load.ts fills them in. */

interface SettingBase {
  /** Empty where the name says it all (a path, an address). */
  readonly unit: string;
  /** One sentence: what it bounds, and why the default is what it is. Shown in the README's table. */
  readonly why: string;
  /** Never shown, never taken from the command line (others can read it there), may come from a file. */
  readonly secret: boolean;
}

export interface IntegerSetting extends SettingBase {
  readonly kind: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

export interface NumberSetting extends SettingBase {
  readonly kind: 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

export interface BooleanSetting extends SettingBase {
  readonly kind: 'boolean';
  readonly default: boolean;
}

export interface TextSetting extends SettingBase {
  readonly kind: 'text';
  readonly default: string;
  readonly pattern?: RegExp;
  /** What would be right, in words: follows "must be". */
  readonly expected: string;
}

/** A text that may be absent. */
export interface OptionalTextSetting extends SettingBase {
  readonly kind: 'optional-text';
  readonly default: undefined;
  readonly pattern?: RegExp;
  readonly expected: string;
}

/** Several texts; one string separated by commas in the environment and on the command line, an array in the file. */
export interface ListSetting extends SettingBase {
  readonly kind: 'list';
  readonly default: readonly string[];
  /** Why an item is refused, as a clause without a stop at its end; undefined for a right one. */
  readonly reasonAgainst: (item: string) => string | undefined;
  readonly expected: string;
}

export interface ChoiceSetting<Choice extends string = string> extends SettingBase {
  readonly kind: 'choice';
  readonly default: Choice;
  readonly choices: readonly Choice[];
}

export type Setting =
  | IntegerSetting | NumberSetting | BooleanSetting | TextSetting | OptionalTextSetting | ListSetting | ChoiceSetting;

export type SettingValue<S extends Setting> =
  S extends IntegerSetting | NumberSetting ? number
  : S extends BooleanSetting ? boolean
  : S extends OptionalTextSetting ? string | undefined
  : S extends TextSetting ? string
  : S extends ListSetting ? readonly string[]
  : S extends ChoiceSetting<infer Choice> ? Choice
  : never;

type Rest<S extends Setting> = Omit<S, 'kind' | 'secret' | 'default' | 'unit'> & { readonly unit?: string };

export function integer(value: number, rest: Rest<IntegerSetting>): IntegerSetting {
  return { kind: 'integer', default: value, secret: false, unit: '', ...rest };
}

export function number(value: number, rest: Rest<NumberSetting>): NumberSetting {
  return { kind: 'number', default: value, secret: false, unit: '', ...rest };
}

export function boolean(value: boolean, rest: Rest<BooleanSetting>): BooleanSetting {
  return { kind: 'boolean', default: value, secret: false, unit: '', ...rest };
}

export function text(value: string, rest: Rest<TextSetting>): TextSetting {
  return { kind: 'text', default: value, secret: false, unit: '', ...rest };
}

export function optionalText(rest: Rest<OptionalTextSetting>): OptionalTextSetting {
  return { kind: 'optional-text', default: undefined, secret: false, unit: '', ...rest };
}

export function secret(rest: Rest<OptionalTextSetting>): OptionalTextSetting {
  return { kind: 'optional-text', default: undefined, secret: true, unit: '', ...rest };
}

export function list(value: readonly string[], rest: Rest<ListSetting>): ListSetting {
  return { kind: 'list', default: value, secret: false, unit: '', ...rest };
}

export function choice<const Choice extends string>(
  value: NoInfer<Choice>, choices: readonly Choice[], rest: { readonly why: string },
): ChoiceSetting<Choice> {
  return { kind: 'choice', default: value, choices, secret: false, unit: '', ...rest };
}
