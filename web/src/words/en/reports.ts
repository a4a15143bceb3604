export const reports = {
  title: 'Reports',
  lead: 'What is known now, as a file',
  empty: 'No report is offered',
  columns: { title: 'Report', format: 'Format', get: 'File' },
  download: 'Download',
  downloadOf: (title: string) => `Download: ${title}`,
  asOf: 'Each is written at the moment at which it is fetched. It says what was looked at, for how long, and what could not be seen.',
  regularly: 'Regularly, by itself',
};
