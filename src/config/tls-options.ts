/** The options of TLS: one certificate for every port, and who has to show one of their own. */
import { choice, orOff, path } from './kinds.ts';
import { option } from './option.ts';

/** Whether callers have to show a certificate: not asked for, checked where one is shown, or nobody without. */
const CLIENT_AUTH = ['off', 'optional', 'required'] as const;

/** The keys are Config's fields; the order is that of docs/options.md. */
export const TLS_OPTIONS = {
  tlsCert: option({
    name: 'tls-cert',
    kind: orOff(path()),
    default: 'off',
    why: 'The certificate (PEM, with its chain) for TLS on all gRPC ports; read again when it changes. See docs/security.md.',
  }),
  tlsKey: option({
    name: 'tls-key',
    kind: orOff(path()),
    default: 'off',
    why: 'The private key (PEM, without a passphrase) of the certificate.',
  }),
  tlsClientCa: option({
    name: 'tls-client-ca',
    kind: orOff(path()),
    default: 'off',
    why: 'The authorities (PEM) whose signature on the certificates of callers counts; off = none are asked for.',
  }),
  tlsPredictClientAuth: option({
    name: 'tls-predict-client-auth',
    kind: choice(CLIENT_AUTH),
    default: 'required',
    why: 'Whether callers of Predict need a certificate, where there is `--tls-client-ca`; optional = those with a bad one go.',
  }),
  tlsAdminClientAuth: option({
    name: 'tls-admin-client-auth',
    kind: choice(CLIENT_AUTH),
    default: 'required',
    why: 'The same of callers of Admin; optional lets others come with a token instead.',
  }),
};
