// Runs before the first paint, so that a chosen theme does not flash the other one. A file, as the policy forbids inline code.
try {
  const theme = localStorage.getItem('switch.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme applies.
}
