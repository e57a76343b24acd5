/** Light, dark, or what the system says. public/theme.js applies a choice before the first paint. */
import { effect } from '@preact/signals';
import { rememberedChoice } from './remembered.ts';

const THEMES = ['system', 'light', 'dark'] as const;

export const theme = rememberedChoice('theme', THEMES, 'system');

effect(() => {
  if (theme.value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
});

/** The other theme than the one seen now. */
export function toggleTheme(): void {
  const systemIsDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const isDark = theme.value === 'dark' || (theme.value === 'system' && systemIsDark);
  const wanted = isDark ? 'light' : 'dark';
  theme.value = (wanted === 'dark') === systemIsDark ? 'system' : wanted;
}
