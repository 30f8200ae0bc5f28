// Command vault is the Vault server the tests talk to, built from the pinned module beside this file.
package main

import (
	"os"

	"github.com/hashicorp/vault/command"
)

func main() {
	os.Exit(command.Run(os.Args[1:]))
}
