/** The time, as often as a page shows how long ago something was. */
import { useEffect, useState } from 'preact/hooks';

export function useNow() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
