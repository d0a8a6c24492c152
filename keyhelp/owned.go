package keyhelp

import "github.com/provkit/provkit/provider"

// What all requests for a client's resources have in common.

func checkPassword(problems *provider.Problems, password, hash provider.Secret) {
	if (password.IsZero()) == (hash.IsZero()) {
		problems.Add("Password", "exactly one of Password and PasswordHash is required")
	}
}
