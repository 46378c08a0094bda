/** The look at the ports before the start. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkPorts } from '../../../src/app/ports.ts';
import { listen } from '../../../src/transport/grpc-js/listen.ts';
import { freePort } from '../../support/sluice.ts';

const HOST = '127.0.0.1';

function addresses(over: {
  predict?: number;
  metrics?: number;
  admin?: number;
  adminMetrics?: number;
  consoleAt?: number;
}) {
  const { predict = 0, metrics = 0, admin = 0, adminMetrics = 0, consoleAt } = over;
  return {
    predictAddress: { host: HOST, port: predict },
    metricsAddress: { host: HOST, port: metrics },
    adminAddress: { host: HOST, port: admin },
    adminMetricsAddress: { host: HOST, port: adminMetrics },
    consoleAddress: consoleAt === undefined ? ('auto' as const) : { host: HOST, port: consoleAt },
    controlAddress: 'auto',
  };
}

suite('the ports', () => {
  test('of a lone process stay its own to choose', async () => {
    assert.deepEqual(await checkPorts(addresses({}), 1), { kind: 'free', predictPort: 0 });
  });

  test('of several are chosen for them where any will do', async () => {
    const check = await checkPorts(addresses({}), 2);
    assert(check.kind === 'free' && check.predictPort > 0);
  });

  test('that are free can be had afterwards', async () => {
    const predict = await freePort();
    assert.deepEqual(await checkPorts(addresses({ predict }), 3), { kind: 'free', predictPort: predict });
    const { server } = await listen({ address: { host: HOST, port: predict }, reusePort: false }, () => undefined);
    server.close();
  });

  test('that somebody has are told with their option', async () => {
    const { server, address } = await listen({ address: { host: HOST, port: 0 }, reusePort: false }, () => undefined);
    try {
      const { port } = address;
      const where = `cannot listen on 127.0.0.1:${String(port)}: the port is in use; stop what listens there or choose another port`;
      const reason = async (check: ReturnType<typeof checkPorts>): Promise<string> => {
        const found = await check;
        return found.kind === 'busy' ? found.reason : 'free';
      };
      assert.equal(await reason(checkPorts(addresses({ predict: port }), 1)), `${where} (--predict-address)`);
      assert.equal(await reason(checkPorts(addresses({ admin: port }), 1)), `${where} (--admin-address)`);
      assert.equal(await reason(checkPorts(addresses({ metrics: port }), 1)), `${where} (--metrics-address)`);
      assert.equal(
        await reason(checkPorts(addresses({ adminMetrics: port }), 1)),
        `${where} (--admin-metrics-address)`,
      );
      assert.equal(await reason(checkPorts(addresses({ consoleAt: port }), 1)), `${where} (--console-address)`);
      const noAdmin = { ...addresses({ admin: port }), controlAddress: 'off' };
      assert.equal(await reason(checkPorts(noAdmin, 1)), 'free');
    } finally {
      server.close();
    }
  });

  test('of metrics are looked at for each process, also whether they are another of ours', async () => {
    const predict = await freePort();
    const check = await checkPorts(addresses({ predict, metrics: predict - 1 }), 2);
    assert(check.kind === 'busy');
    assert.match(
      check.reason,
      new RegExp(`127.0.0.1:${String(predict)}: the port is in use.*\\(--metrics-address\\)$`),
    );
  });

  test('of metrics end with the last port that there is', async () => {
    const check = await checkPorts(addresses({ metrics: 65_535 }), 2);
    assert(check.kind === 'busy');
    assert.match(
      check.reason,
      /a metrics port of its own, and 65536 is none; choose a lower one \(--metrics-address\)$/,
    );
  });
});
