package keyhelp

import "github.com/provkit/provkit/provider"

// What all requests for a client's resources have in common.

func checkPassword(problems *provider.Problems, password, hash provider.Secret) {
	if (password == "") == (hash == "") {
		problems.Add("Password", "exactly one of Password and PasswordHash is required")
	}
}

func putPassword(fields map[string]any, password, hash provider.Secret) {
	if password != "" {
		fields["password"] = password.Reveal()
	} else {
		fields["password_hash"] = hash.Reveal()
	}
}

// notNil sends an empty list as [], which is what clients of running panels send.
func notNil(values []string) []string {
	if values == nil {
		return []string{}
	}
	return values
}
