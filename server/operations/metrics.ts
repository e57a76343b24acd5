/** Prometheus counters of one appliance: counts, never rates, under a registry of its own. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { App } from '../app-type.ts';
import { onResponseEnd } from '../plugins/response-end.ts';
import type { UploadOutcome } from './watched-videos.ts';
import type { AdmissionEvent, AdmissionFigures } from '../cdn/admission.ts';

const SECONDS_BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600];

export interface MetricsSources {
  readonly admission: { figures(): AdmissionFigures; onEvent(listener: (event: AdmissionEvent) => void): () => void };
  readonly swarms: () => number;
  readonly signallingSockets: () => number;
  readonly seederSentBytes: () => number;
}

export class Metrics {
  readonly registry = new Registry();
  readonly #contentBytes: Counter;
  readonly #uploads: Counter<'outcome'>;
  readonly #httpSeconds: Histogram<'method' | 'route' | 'status'>;

  constructor(sources: MetricsSources) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#contentBytes = new Counter({ name: 'switch_content_bytes_total', help: 'Bytes of contents sent over HTTP', registers });
    this.#uploads = new Counter({ name: 'switch_uploads_total', help: 'Uploads that ended', labelNames: ['outcome'], registers });
    this.#httpSeconds = new Histogram({
      name: 'switch_http_request_duration_seconds', help: 'Time until a response was over', labelNames: ['method', 'route', 'status'],
      buckets: SECONDS_BUCKETS, registers,
    });
    const events = new Counter({
      name: 'switch_cdn_admission_total', help: 'Decisions of the CDN, and what became of its grants', labelNames: ['event'], registers,
    });
    sources.admission.onEvent((event) => events.inc({ event }));
    const gauge = (name: string, help: string, read: () => number): void => {
      this.registry.registerMetric(new Gauge({ name, help, registers: [], collect() { this.set(read()); } }));
    };
    gauge('switch_cdn_slots', 'Slots of the CDN', () => sources.admission.figures().maxStreams);
    gauge('switch_cdn_active_streams', 'Slots in use', () => sources.admission.figures().activeStreams);
    gauge('switch_cdn_waiting', 'Clients that wait for a slot', () => sources.admission.figures().waiting);
    gauge('switch_swarms', 'Contents with peers', sources.swarms);
    gauge('switch_signalling_sockets', 'Clients connected to signalling', sources.signallingSockets);
    this.registry.registerMetric(new Counter({
      name: 'switch_seeder_sent_bytes_total', help: 'Bytes the seeder sent to peers', registers: [],
      collect() {
        this.reset();
        this.inc(sources.seederSentBytes());
      },
    }));
  }

  countContentBytes(bytes: number): void {
    this.#contentBytes.inc(bytes);
  }

  countUpload(outcome: UploadOutcome): void {
    this.#uploads.inc({ outcome });
  }

  /** Times every response, by route and not by address, so that the number of series is bounded. */
  observe(app: App): void {
    onResponseEnd(app, (request, reply) => {
      const route = request.routeOptions.url ?? 'none';
      this.#httpSeconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    });
  }
}
