import type { JSX } from 'react';
import { Link } from 'wouter';
import type { Overview } from '../../../../src/model/api/site.ts';
import { Sparkline } from '../../parts/sparkline.tsx';
import { Empty } from '../../parts/states.tsx';
import { overview as de } from '../../words/de/overview.ts';
import { overview as en } from '../../words/en/overview.ts';
import { bytes, hourInZone } from '../../words/format.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);

/** How much moved in each hour, and who moved most of it. */
export function Traffic({ view }: { readonly view: Overview }): JSX.Element {
  const { traffic, topTalkers } = view;
  const first = traffic[0];
  const last = traffic.at(-1);
  const values = traffic.map((point) => point.bytes);
  const total = values.reduce((sum, value) => sum + value, 0);
  return (
    <section className="sheet traffic">
      <h2>{t.traffic}</h2>
      {first === undefined || last === undefined ? (
        <Empty title={t.noTraffic}>
          <p>{t.noTrafficMore}</p>
        </Empty>
      ) : (
        <div className="traffic-body">
          <figure>
            <Sparkline
              values={values}
              label={t.trafficLine(bytes(total), bytes(Math.max(...values)))}
              width={480}
              height={64}
            />
            <figcaption className="soft">
              <span>{hourInZone(first.at)}</span>
              <span>{t.trafficLine(bytes(total), bytes(Math.max(...values)))}</span>
              <span>{hourInZone(last.at)}</span>
            </figcaption>
          </figure>
          <div>
            <h3 className="soft">{t.talkers}</h3>
            <ol className="talkers">
              {topTalkers.slice(0, 5).map(({ device, bytes: moved, peer }) => (
                <li key={`${device.id} ${peer}`}>
                  <Link href={`/devices/${encodeURIComponent(device.id)}?tab=connections`}>
                    {device.name}
                  </Link>
                  <span className="soft">{t.talker(peer)}</span>
                  <span className="number">{bytes(moved)}</span>
                </li>
              ))}
            </ol>
          </div>
        </div>
      )}
    </section>
  );
}
