// Command ferretdb runs FerretDB as a MongoDB server for tests: it prints its
// URI on standard output when it listens, and stops on SIGTERM.
//
// It exists because FerretDB's own command cannot be built by `go install`:
// it wants a version file that its own build makes. The package can be embedded.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/v2/ferretdb"
)

func main() {
	log.SetFlags(0)
	listen := flag.String("listen", "127.0.0.1:0", "TCP address to serve the MongoDB protocol on")
	postgres := flag.String("postgres", "", "URL of a PostgreSQL database with the DocumentDB extension")
	state := flag.String("state", "", "directory for the state file")
	flag.Parse()

	telemetry := false
	server, err := ferretdb.New(&ferretdb.Config{
		ListenAddr:    *listen,
		PostgreSQLURL: *postgres,
		StateDir:      *state,
		// At Error it prints every refused command, a missing collection among them.
		LogLevel:  slog.LevelError + 1,
		LogOutput: os.Stderr,
		Telemetry: &telemetry,
	})
	if err != nil {
		log.Fatal(err)
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	// MongoDBURI waits until Run has opened the port.
	go func() { fmt.Println(server.MongoDBURI()) }()
	server.Run(ctx)
}
