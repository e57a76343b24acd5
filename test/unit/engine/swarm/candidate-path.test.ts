import { test } from 'tap';
import { candidatePath } from '../../../../engine/swarm/candidate-path.ts';

const connection = (entries: Readonly<Record<string, object>>): Pick<RTCPeerConnection, 'getStats'> => ({
  getStats: async () => new Map(Object.entries(entries)) as unknown as RTCStatsReport,
});

const candidates = {
  local: { type: 'local-candidate', candidateType: 'srflx', protocol: 'udp' },
  remote: { type: 'remote-candidate', candidateType: 'prflx', protocol: 'udp' },
  other: { type: 'local-candidate', candidateType: 'host', protocol: 'tcp' },
  unused: { type: 'candidate-pair', localCandidateId: 'other', remoteCandidateId: 'remote', state: 'succeeded', nominated: true },
  used: { type: 'candidate-pair', localCandidateId: 'local', remoteCandidateId: 'remote', state: 'succeeded', nominated: true },
};

test('the pair that the transport has selected is the path', async (t) => {
  t.same(await candidatePath(connection({ ...candidates, transport: { type: 'transport', selectedCandidatePairId: 'used' } })),
    { localType: 'srflx', remoteType: 'prflx', protocol: 'udp' });
  t.same(await candidatePath(connection({ ...candidates, transport: { type: 'transport', selectedCandidatePairId: 'unused' } })),
    { localType: 'host', remoteType: 'prflx', protocol: 'tcp' });
});

test('Firefox marks the pair itself', async (t) => {
  t.same(await candidatePath(connection({ ...candidates, used: { ...candidates.used, selected: true } })),
    { localType: 'srflx', remoteType: 'prflx', protocol: 'udp' });
});

test('what the platform does not tell is null', async (t) => {
  t.equal(await candidatePath(connection({})), null);
  t.equal(await candidatePath(connection(candidates)), null, 'no pair is selected yet');
  t.equal(await candidatePath(connection({ transport: { type: 'transport', selectedCandidatePairId: 'gone' } })), null);
  t.equal(await candidatePath({ getStats: () => Promise.reject(new Error('closed')) }), null);
});
