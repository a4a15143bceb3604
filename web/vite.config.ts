import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Everything relative, so that the dashboard runs below any path of any proxy; nothing inline, so that
// it runs under `script-src 'self'; style-src 'self'`.
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
