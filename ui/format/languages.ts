/** What people call a language, from BCP 47 or ISO 639-2; what is no language stays as it is written. */
const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** `German`, from `de`, `deu` or `ger`. */
export function languageName(code: string): string {
  try {
    return names.of(Intl.getCanonicalLocales(BIBLIOGRAPHIC[code] ?? code)[0] ?? code) ?? code;
  } catch {
    return code;
  }
}

/** ISO 639-2 has two codes for some languages; containers write the bibliographic one, which Intl does not know. */
const BIBLIOGRAPHIC: Readonly<Record<string, string>> = {
  alb: 'sq', arm: 'hy', baq: 'eu', bur: 'my', chi: 'zh', cze: 'cs', dut: 'nl', fre: 'fr', geo: 'ka', ger: 'de', gre: 'el', ice: 'is',
  mac: 'mk', mao: 'mi', may: 'ms', per: 'fa', rum: 'ro', slo: 'sk', tib: 'bo', wel: 'cy',
};
