import type { Registry } from '../base/registry.ts';
import { registry } from '../base/registry.ts';
import { csv } from './csv.ts';
import { csvDevices } from './csv-devices.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import { nmapXml } from './nmap-xml.ts';
import type { Report } from './report.ts';

/** A file's ending picks the first that has it: the longer endings come before their tails. */
const members = registry([html, json, csvDevices, csv, markdown, nmapXml]);

export const reports: Registry<Report> = members;
