import type { reports as en } from '../en/reports.ts';

export const reports: typeof en = {
  title: 'Berichte',
  lead: 'Was jetzt bekannt ist, als Datei',
  empty: 'Kein Bericht wird angeboten',
  columns: { title: 'Bericht', format: 'Format', get: 'Datei' },
  download: 'Herunterladen',
  downloadOf: (title) => `Herunterladen: ${title}`,
  asOf: 'Jeder entsteht in dem Augenblick, in dem er geholt wird. Er sagt, was wie lange angesehen wurde und was nicht zu sehen war.',
  regularly: 'Regelmäßig, von selbst',
};
