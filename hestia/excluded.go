package hestia

// Excluded are commands of the panel that no method reaches because they cannot work over HTTP,
// each with the reason. Run sends them nevertheless.
var Excluded = map[string]string{
	"v-delete-sys-mail-queue": "asks for confirmation on a terminal, and takes the lack of an answer over HTTP for no",
	"v-update-sys-hestia-git": "asks for confirmation on a terminal, and replaces the panel while the panel answers",
}
