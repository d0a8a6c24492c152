package hestia_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

// examplePanel returns a panel that answers from memory.
func examplePanel(answers ...answer) provider.Option { return httpClient(newPanel(answers...)) }

func ExampleNew() {
	client, err := hestia.New("https://panel.example.com:8083",
		hestia.AccessKey("ACCESSKEYADMIN000000", provider.NewSecret("SECRETKEYADMINSECRETSECRETSECRETSECRETSE")),
		examplePanel(exit(0, 204, "")))
	if err != nil {
		log.Fatal(err)
	}
	err = client.Users.Add(context.Background(), "alice", provider.NewSecret("correct horse battery"), "alice@example.com",
		&hestia.UserAddOptions{Package: "gold"})
	fmt.Println(client, err)
	// Output: hestia client of https://panel.example.com:8083 <nil>
}

func ExampleUsersService_List() {
	client, err := hestia.New("https://panel.example.com:8083",
		hestia.AccessKey("ACCESSKEYADMIN000000", provider.NewSecret("SECRETKEYADMINSECRETSECRETSECRETSECRETSE")),
		examplePanel(exit(0, 200, `{
			"alice": {"PACKAGE": "gold", "SUSPENDED": "no", "DISK_QUOTA": "10000", "U_DISK": "120"},
			"bob": {"PACKAGE": "default", "SUSPENDED": "yes", "DISK_QUOTA": "unlimited", "U_DISK": "7"}}`)))
	if err != nil {
		log.Fatal(err)
	}
	for user, err := range client.Users.List(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.Login, user.Package, user.Suspended, user.Usage.Disk, "of", user.Limits.DiskQuota)
	}
	// Output:
	// alice gold false 120 of 10000
	// bob default true 7 of unlimited
}

// Exit codes distinguish what matches the same portable error.
func ExampleExitCode() {
	client, err := hestia.New("https://panel.example.com:8083",
		hestia.AccessKey("ACCESSKEYADMIN000000", provider.NewSecret("SECRETKEYADMINSECRETSECRETSECRETSECRETSE")),
		examplePanel(exit(5, 401, "Error: user alice is suspended")))
	if err != nil {
		log.Fatal(err)
	}
	err = client.Users.Suspend(context.Background(), "alice", nil)
	fmt.Println(err)
	fmt.Println(errors.Is(err, provider.ErrConflict), errors.Is(err, provider.ErrUnauthorized), errors.Is(err, hestia.ExitSuspended))
	// Output:
	// hestia: suspend user "alice": user alice is suspended (HTTP 401, code 5 E_SUSPENDED)
	// true false true
}

func ExampleClient_Run() {
	client, err := hestia.New("https://panel.example.com:8083",
		hestia.AccessKey("ACCESSKEYADMIN000000", provider.NewSecret("SECRETKEYADMINSECRETSECRETSECRETSECRETSE")),
		examplePanel(exit(0, 200, "panel.example.com\tDebian\t12.11")))
	if err != nil {
		log.Fatal(err)
	}
	result, err := client.Run(context.Background(), "v-list-sys-info", "plain")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", result.Output)
	// Output: "panel.example.com\tDebian\t12.11"
}
