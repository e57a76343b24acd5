/** The admin page: what needs doing first, then what the node is made of, who is connected, how it is set, and its log. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import '../styles/admin.css';
import type { Overview } from '../api/admin.ts';
import { getOverview } from '../api/client.ts';
import { Icon } from '../parts/icons.tsx';
import { notices, withSeenFromHere } from '../state/notices.ts';
import { signedIn, signInWanted } from '../state/session.ts';
import { pageTitle } from '../state/title.ts';
import { nodeSentence } from '../words/admin-words.ts';
import { ConnectivityTest } from './connectivity-test.tsx';
import { Delivery } from './delivery.tsx';
import { Disk } from './disk.tsx';
import { WatchedFolder } from './watched-folder.tsx';
import { LogView } from './log-view.tsx';
import { NoticeList } from './notice-list.tsx';
import { Peers } from './peers.tsx';
import { usePolled, type Polled } from './polled.ts';
import { Reach } from './reach.tsx';
import { Answered, Section } from './section.tsx';
import { SettingsTable } from './settings-table.tsx';

const OVERVIEW_INTERVAL_MS = 5_000;

export function AdminPage(): JSX.Element {
  useEffect(() => { pageTitle.value = 'Admin'; }, []);
  if (signedIn.value === true) return <Signed />;
  if (signedIn.value === null) return <div class="admin"><h1>Admin</h1><p class="muted">Asking the appliance whether you are signed in.</p></div>;
  return (
    <div class="whole">
      <h1>Sign in to see how this node is doing</h1>
      <p>
        Its disk, who is connected, how viewers reach it, every setting with where it came from, and the recent log are for who
        has the admin token.
      </p>
      <button type="button" class="button primary" onClick={() => { signInWanted.value = true; }}><Icon name="key" /> Sign in</button>
    </div>
  );
}

async function askOverview(signal: AbortSignal): Promise<Overview> {
  const overview = await getOverview(signal);
  notices.value = overview.notices;
  return overview;
}

function Signed(): JSX.Element {
  const overview: Polled<Overview> = usePolled(askOverview, OVERVIEW_INTERVAL_MS);
  const known = overview.value.value;
  return (
    <div class="admin">
      <header>
        <h1>Admin</h1>
        {known === null ? null : <p class="muted">{nodeSentence(known)}</p>}
      </header>
      <Section title="Notices" wide><Answered polled={overview}>{(value) => <NoticeList notices={withSeenFromHere(value.notices)} />}</Answered></Section>
      <Section title="Storage"><Answered polled={overview}>{(value) => <Disk storage={value.storage} />}</Answered></Section>
      <Section title="CDN and swarms"><Answered polled={overview}>{(value) => <Delivery overview={value} />}</Answered></Section>
      {known === null || known.folder === null ? null : <Section title="Watched folder" wide><WatchedFolder folder={known.folder} /></Section>}
      <Section title="How viewers reach this node" wide>
        <Answered polled={overview}>{(value) => <Reach reach={value.reach} isSeeding={value.seeder?.enabled === true} />}</Answered>
        <ConnectivityTest />
      </Section>
      <Peers />
      <LogView />
      <SettingsTable />
    </div>
  );
}
