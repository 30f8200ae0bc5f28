// Command etcd is the store behind the API server the tests talk to, built from the pinned module beside this file.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
