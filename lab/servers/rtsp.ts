import type { LabHost } from '../device.ts';
import { rtsp } from './text.ts';

/** The interpreter that Debian's python3-gi belongs to; another may stand first in PATH. */
const PYTHON = '/usr/bin/python3';

/** A stream for who logs in, by the RTSP server that many cameras are made with. */
const SERVER = `
import sys, gi
gi.require_version('Gst', '1.0')
gi.require_version('GstRtsp', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer
Gst.init(None)
address, port, realm = sys.argv[1:]
login = GstRtspServer.RTSPAuth()
login.set_realm(realm)
login.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
login.add_digest('lab', 'not-a-default', GstRtspServer.RTSPToken())
server = GstRtspServer.RTSPServer(address=address, service=port)
server.set_auth(login)
stream = GstRtspServer.RTSPMediaFactory(launch='( videotestsrc ! jpegenc ! rtpjpegpay name=pay0 )')
server.get_mount_points().add_factory('/', stream)
server.attach(None)
GLib.MainLoop().run()
`;

/** GStreamer's RTSP server where it is installed, else a simulator. */
export async function rtspServer(host: LabHost, port: number, realm: string): Promise<void> {
  const command = [PYTHON, '-c', SERVER, host.address, String(port), realm];
  const why = await host.attempt(command, { tcp: [port] });
  if (why === undefined) return;
  host.standIn(port, why);
  await host.tcp(port, rtsp('HiIpcam/V100R003', realm));
}
