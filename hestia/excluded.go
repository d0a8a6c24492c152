package hestia

// Excluded are commands of the panel that no method reaches because they cannot work
// over HTTP, each with the reason. Run sends them nevertheless.
var Excluded = map[string]string{
	"v-delete-sys-mail-queue": "asks on a terminal before it does anything, and takes no answer over HTTP for no",
	"v-update-sys-hestia-git": "asks on a terminal before it installs, and replaces the panel while it answers",
}
