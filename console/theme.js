/** Dark or light: as the system has it, until somebody chooses. */
import { useEffect, useState } from 'preact/hooks';

const KEY = 'sluice-theme';
const THEMES = ['system', 'light', 'dark'];

function stored() {
  const found = localStorage.getItem(KEY) ?? '';
  return THEMES.includes(found) ? found : 'system';
}

/** @returns {[string, () => void]} the theme, and the way to the next one */
export function useTheme() {
  const [theme, setTheme] = useState(stored);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEY, theme);
    // Canvases do not see style sheets change.
    dispatchEvent(new Event('themechange'));
  }, [theme]);
  return [theme, () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system')];
}
