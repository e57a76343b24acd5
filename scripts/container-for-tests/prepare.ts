// All that the container tests need, made once before them: a Docker engine, our image, and a server in place of mongo:8. The tests
// find them by the environment that this answers.
import { join } from 'node:path';
import { startDocker } from './docker.ts';
import { buildImage, provideMongoDb } from './images.ts';

export interface ContainersForTests {
  /** DOCKER_HOST and SWITCH_TEST_IMAGE. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const cache = join(import.meta.dirname, '../../.cache/container-for-tests');

/** @throws NoDockerError where no engine can be had. */
export async function prepareContainers(log: (line: string) => void, signal: AbortSignal): Promise<ContainersForTests> {
  const docker = await startDocker(cache, log, signal);
  try {
    const dockerEnv = docker.host === undefined ? {} : { DOCKER_HOST: docker.host };
    const maker = { cache, env: { ...process.env, ...dockerEnv }, log, signal };
    const image = await buildImage(maker);
    await provideMongoDb(maker);
    return { env: { ...dockerEnv, SWITCH_TEST_IMAGE: image }, stop: () => docker.stop() };
  } catch (error) {
    await docker.stop();
    throw error;
  }
}
