/** The listening socket of a server, plain or TLS: who comes through has agreed on h2 and shown what was asked for. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { peerOf } from './peer.ts';

export interface TlsOptions {
  /** PEM. */
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** PEM: whose signature on a client's certificate counts. Without it no certificate is asked for. */
  readonly clientCa?: string | Buffer | undefined;
  /** optional: clients may come without a certificate, but not with one that is not good. `required` unless told. */
  readonly clientAuth?: 'optional' | 'required';
  /** Whether a client with these names may come in; all may unless told. */
  readonly admits?: (certificateNames: readonly string[]) => boolean;
}

export interface ListenerOptions {
  readonly tls?: TlsOptions | undefined;
  /** A handshake that takes longer is given up: milliseconds. */
  readonly handshakeTimeoutMs: number;
  /** The server itself ends its side once the client has ended its own. */
  readonly allowHalfOpen: boolean;
  readonly onConnection: (socket: Socket) => void;
  /** A client spoke no TLS, or agreed on nothing, or showed no certificate that is good here. */
  readonly onRefused: () => void;
}

export interface Listener {
  readonly server: Server;
  /**
   * Connections from now on are met with these; those that are open go on with what they had. Throws on bad ones, and
   * changes nothing; nor where the server does not speak TLS.
   */
  readonly setTls: (material: TlsMaterial) => void;
}

/** What may be replaced while the server listens. */
export type TlsMaterial = Pick<TlsOptions, 'key' | 'cert' | 'clientCa'>;

export function createListener(options: ListenerOptions): Listener {
  const { tls, allowHalfOpen, onConnection } = options;
  if (tls !== undefined) return createTlsListener(tls, options);
  const server = createServer({ noDelay: true, allowHalfOpen }, onConnection);
  return { server, setTls: () => undefined };
}

function createTlsListener(tls: TlsOptions, options: ListenerOptions): Listener {
  const { clientCa, clientAuth = 'required', admits = () => true } = tls;
  const { handshakeTimeoutMs, allowHalfOpen, onConnection, onRefused } = options;
  const requestCert = clientCa !== undefined;
  const server = createTlsServer({
    ...contextOf(tls),
    noDelay: true,
    allowHalfOpen,
    handshakeTimeout: handshakeTimeoutMs,
    ALPNProtocols: ['h2'],
    requestCert,
    rejectUnauthorized: requestCert && clientAuth === 'required',
  });
  server.on('secureConnection', (socket) => {
    const isGood = socket.alpnProtocol === 'h2' && (!requestCert || isClean(socket));
    if (isGood && admits(peerOf(socket).certificateNames)) {
      onConnection(socket);
    } else {
      onRefused();
      socket.destroy();
    }
  });
  // Also when a handshake does not come in time; the socket would stay open.
  server.on('tlsClientError', (_error, socket) => {
    onRefused();
    socket.destroy();
  });
  return {
    server,
    setTls: (material) => {
      server.setSecureContext(contextOf(material));
    },
  };
}

function contextOf({ key, cert, clientCa }: TlsMaterial): SecureContextOptions {
  return { key, cert, minVersion: 'TLSv1.2', ...(clientCa === undefined ? {} : { ca: clientCa }) };
}

/** It showed a good certificate, or none. */
function isClean(socket: TLSSocket): boolean {
  return socket.authorized || socket.getPeerX509Certificate() === undefined;
}
