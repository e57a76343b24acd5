/** Every setting in effect, and where each came from. They are read at the start, so this page shows them and changes none. */
import type { JSX } from 'preact';
import { useSignal } from '@preact/signals';
import type { Setting } from '../api/admin.ts';
import { getSettings } from '../api/client.ts';
import { count } from '../format/numbers.ts';
import { lockWords, originWords, plainValue, valueWords } from '../words/admin-words.ts';
import { usePolled } from './polled.ts';
import { Answered, Section } from './section.tsx';

export function SettingsTable(): JSX.Element {
  // Once: another value needs another start, after which this page is loaded anew or goes on being right about the old one.
  const settings = usePolled(getSettings, 0);
  const filter = useSignal('');
  const onlyChanged = useSignal(false);
  return (
    <Section title="Settings" wide>
      <p class="muted">
        Settings are read when the node starts: change one where it is set, then start the node again. Each can be set by its name in
        capitals in the environment, by the other name in the configuration file, or on the command line, such as --cdn-max-streams. The
        command line counts more than the environment, and that more than the file.
      </p>
      <Answered polled={settings}>{(all) => {
        const shown = all.filter((setting) => matches(setting, filter.value) && (!onlyChanged.value || setting.origin !== 'default'));
        return (
          <>
            <div class="filters">
              <input class="field" type="search" placeholder="Filter settings" aria-label="Filter settings" autocomplete="off" spellcheck={false}
                value={filter.value} onInput={(event) => { filter.value = event.currentTarget.value; }} />
              <label class="check"><input type="checkbox" checked={onlyChanged.value} onChange={(event) => { onlyChanged.value = event.currentTarget.checked; }} /> Only what was set</label>
              <span class="muted" role="status">{count(shown.length)} of {count(all.length)}</span>
            </div>
            {shown.length === 0 ? <p class="muted">{onlyChanged.value && filter.value.trim() === '' ? 'Everything is as it comes.' : 'No setting has that in its name, value or description.'}</p> : <Table settings={shown} />}
          </>
        );
      }}</Answered>
    </Section>
  );
}

function matches(setting: Setting, filter: string): boolean {
  const text = [setting.name, setting.environment, `--${setting.flag}`, setting.why, valueWords(setting), originWords(setting)].join('\n').toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function Table({ settings }: { readonly settings: readonly Setting[] }): JSX.Element {
  return (
    <table class="table settings">
      <thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">Where it came from</th></tr></thead>
      <tbody>{settings.map((setting) => <Row key={setting.name} setting={setting} />)}</tbody>
    </table>
  );
}

function Row({ setting }: { readonly setting: Setting }): JSX.Element {
  const lock = lockWords(setting);
  const isSet = setting.origin !== 'default';
  return (
    <tr class={isSet ? 'is-set' : ''}>
      <th scope="row"><span class="mono">{setting.environment}</span> <span class="mono file-name">{setting.name}</span><small>{setting.why}</small></th>
      <td class="value">
        {valueWords(setting)}
        {isSet && !setting.secret ? <small>Default: {plainValue(setting.default, setting.unit)}</small> : null}
      </td>
      <td class="origin">{originWords(setting)}{lock === '' ? null : <small>{lock}</small>}</td>
    </tr>
  );
}
