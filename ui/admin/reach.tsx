/** Which way into the node's own peer viewers are told. */
import type { JSX } from 'preact';
import type { Overview } from '../api/admin.ts';
import { announcedWords, helpersSentence, portSentence, toldSentence } from '../words/admin-words.ts';

export function Reach({ reach, isSeeding }: { readonly reach: Overview['reach']; readonly isSeeding: boolean }): JSX.Element {
  if (!isSeeding) return <p>The node’s own seeder is off, so nobody needs to reach its UDP port. Viewers connect to each other directly.</p>;
  const told = reach.mode === 'announced' ? [] : reach.ownAddresses;
  return (
    <>
      <p>{portSentence(reach)} {toldSentence(reach)}</p>
      {reach.announced.length === 0 ? null : (
        <ul class="addresses" aria-label="Announced addresses">
          {reach.announced.map((announced) => (
            <li key={announced.given}><span class="mono">{announced.given}</span> <span class={announced.problem === undefined ? 'muted' : 'problem'}>{announcedWords(announced)}</span></li>
          ))}
        </ul>
      )}
      {told.length === 0 ? null : <ul class="addresses" aria-label="Addresses of this machine">{told.map((ip) => <li key={ip} class="mono">{ip}</li>)}</ul>}
      <p class="muted">{helpersSentence(reach)}</p>
    </>
  );
}
