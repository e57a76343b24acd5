/** Starts the page. */
import { render } from 'preact';
import './styles/index.css';
import './state/theme.ts';
import { App } from './app.tsx';
import { watchLibrary } from './state/library.ts';
import { watchNotices } from './state/notices.ts';
import { refreshSession } from './state/session.ts';
import { watchSignalling } from './state/signalling.ts';
import { watchStatus } from './state/status.ts';
import { watchTitle } from './state/title.ts';

const root = document.getElementById('app');
if (root !== null) {
  void refreshSession();
  watchStatus();
  watchSignalling();
  watchNotices();
  watchLibrary();
  watchTitle();
  render(<App />, root);
}
