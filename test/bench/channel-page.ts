/** A page of the bench `channel`: ours and the raw rival in one, for to start another Chromium costs more than a download. */
import './channel-engine.ts';
import './channel-raw-page.ts';
