package keyhelp

import "github.com/provkit/provkit/provider"

// What requests with passwords have in common.

// checkHashes checks the hashes that a client takes in place of a password.
func checkHashes(problems *provider.Problems, password, hash, system bool) {
	if hash && password {
		problems.Add("PasswordHash", "only one of Password and PasswordHash")
	}
	if hash != system {
		problems.Add("PasswordHashOS", "PasswordHash and PasswordHashOS need each other")
	}
}

func checkPassword(problems *provider.Problems, password, hash provider.Secret) {
	if (password.IsZero()) == (hash.IsZero()) {
		problems.Add("Password", "exactly one of Password and PasswordHash is required")
	}
}
