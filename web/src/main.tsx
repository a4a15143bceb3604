import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { applyPrefs } from './prefs.ts';
import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/frame.css';
import './style/table.css';
import './style/print.css';
import { language } from './words/index.ts';

// They are relative, and the address of the page will change: from here on they are not.
for (const link of document.querySelectorAll('link')) link.setAttribute('href', link.href);
document.documentElement.lang = language;
applyPrefs();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
