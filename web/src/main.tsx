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

document.documentElement.lang = language;
applyPrefs();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
