/** The page's icons: one set, 24 units, strokes of 2, in the manner of lucide. All are decoration; words or labels say the same. */
import type { JSX } from 'preact';

const PATHS = {
  search: 'M11 19a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM21 21l-4.3-4.3',
  upload: 'M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M17 8l-5-5-5 5M12 3v12',
  download: 'M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M7 10l5 5 5-5M12 15V3',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4',
  moon: 'M20.5 14.5A8.5 8.5 0 1 1 9.5 3.5a7 7 0 0 0 11 11Z',
  key: 'M7.5 20a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM21 2l-10.3 10.3M15 8l3 3M18 5l2 2',
  signOut: 'M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4M16 17l5-5-5-5M21 12H9',
  grid: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  list: 'M8 6h13M8 12h13M8 18h13M3 6h.01M3 12h.01M3 18h.01',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4l13 8-13 8z',
  retry: 'M21 12a9 9 0 1 1-3-6.7L21 8M21 3v5h-5',
  close: 'M18 6 6 18M6 6l12 12',
  down: 'M6 9l6 6 6-6',
  up: 'M18 15l-6-6-6 6',
  back: 'M15 18l-6-6 6-6',
  link: 'M10 13a5 5 0 0 0 7.5.5l3-3a5 5 0 0 0-7-7l-1.7 1.7M14 11a5 5 0 0 0-7.5-.5l-3 3a5 5 0 0 0 7 7l1.7-1.7',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  pencil: 'M17 3a2.8 2.8 0 1 1 4 4L7.5 20.5 2 22l1.5-5.5Z',
  trash: 'M3 6h18M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2',
  check: 'M20 6 9 17l-5-5',
  chart: 'M3 3v18h18M7 16l4-5 4 3 5-7',
  captions: 'M3 5h18v14H3zM7 15h4M14 15h3M7 11h2M12 11h5',
  admin: 'M3 6h9M18 6h3M3 12h3M12 12h9M3 18h11M20 18h1M15 4v4M9 10v4M17 16v4',
  warning: 'M12 3 1.8 20.5h20.4ZM12 10v4M12 17.5h.01',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5M12 8h.01',
  failed: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM15 9l-6 6M9 9l6 6',
  save: 'M12 3v12M8 11l4 4 4-4M4 21h16',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }): JSX.Element {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: a strip that changes hands. */
export function Mark(): JSX.Element {
  return (
    <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
      <rect x="2" y="7" width="13" height="6" rx="1.5" fill="var(--source-cdn)" />
      <rect x="17" y="7" width="13" height="6" rx="1.5" fill="var(--source-peer)" />
      <rect x="2" y="19" width="7" height="6" rx="1.5" fill="var(--source-peer)" />
      <rect x="11" y="19" width="7" height="6" rx="1.5" fill="var(--source-seeder)" />
      <rect x="20" y="19" width="10" height="6" rx="1.5" fill="var(--source-cdn)" />
    </svg>
  );
}
