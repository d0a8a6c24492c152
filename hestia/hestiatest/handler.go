package hestiatest

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Content types, in the spelling of PHP, of the API and of the web server.
const (
	typeText   = "text/html; charset=UTF-8"
	typeJSON   = "application/json; charset=utf-8"
	typePage   = "text/html; charset=utf-8"
	typeServer = "text/html"
)

// handler is the panel's web server: the API, one redirect, the pages that links lead to, and an
// error page for everything else.
func (s *Server) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/", "/api/index.php":
			s.answer(r).write(w)
		case "/api":
			redirect(w, r)
		case "/login/":
			s.loginPage(w, r).Write(w)
		case "/reset/":
			s.resetPage(r).Write(w)
		default:
			if strings.HasSuffix(r.URL.Path, phpMyAdminScript) {
				s.phpMyAdminPage(r).Write(w)
				return
			}
			reply{status: http.StatusNotFound, page: true}.write(w)
		}
	})
}

// redirect redirects to the path with the slash. A client that follows it loses the body.
func redirect(w http.ResponseWriter, r *http.Request) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	// The path is without the prefix of WithPathPrefix, but the client's URL has it.
	asked, _, _ := strings.Cut(r.RequestURI, "?")
	if !strings.HasPrefix(asked, "/") {
		asked = r.URL.Path
	}
	w.Header().Set("Location", scheme+"://"+r.Host+asked+"/")
	w.Header().Set("Content-Type", typeServer)
	w.WriteHeader(http.StatusMovedPermanently)
	_, _ = io.WriteString(w, movedPage)
}

func (r reply) write(w http.ResponseWriter) {
	header := w.Header()
	body := r.body
	switch {
	case r.page:
		header.Set("Content-Type", typePage)
		body = serverPage(r.status)
	case r.json:
		header.Set("Content-Type", typeJSON)
	default:
		header.Set("Content-Type", typeText)
	}
	if r.header {
		header.Set("Hestia-Exit-Code", strconv.Itoa(r.code))
	}
	w.WriteHeader(r.status)
	if r.status != http.StatusNoContent {
		_, _ = io.WriteString(w, body)
	}
}

// serverPage returns a page of the web server, with a text of our own except for the title: API
// clients do not care about the rest.
func serverPage(status int) string {
	title := map[int]string{http.StatusNotFound: "Page Not Found"}[status]
	if title == "" {
		title = "Internal Server Error"
	}
	return "<!doctype html>\n<html lang=\"en\">\n\t<head>\n\t\t<meta charset=\"utf-8\" />\n\t\t<title>" + title +
		"</title>\n\t</head>\n\t<body>\n\t\t<h1>" + title + "</h1>\n\t</body>\n</html>\n"
}

const movedPage = "<html>\r\n<head><title>301 Moved Permanently</title></head>\r\n<body>\r\n" +
	"<center><h1>301 Moved Permanently</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
