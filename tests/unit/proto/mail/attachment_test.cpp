#include "proto/mail/attachment.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/base/text.h"

using namespace xspamd;
using namespace std::string_literals;

TEST_CASE("attachment: the extension is what stands behind the last dot") {
  struct Case {
    std::string name, want;
  };
  const Case cases[] = {
      {"a.PDF", "pdf"},
      {"Invoice.PDF .exe", "exe"},
      {"a.exe .. ", "exe"},
      {"a.exe\u200B\u202E\u00A0", "exe"},
      {"a. exe", "exe"},
      {"archive.tar.gz", "gz"},
      {"dir.d/file", ""},
      {"dir.d\\file.js", "js"},
      {"no extension", ""},
      {".exe", "exe"},
      {"...", ""},
      {"Dr. Who and others", ""},
      {"a." + std::string(100, 'x'), ""},
      {"Rechnung.Größe", "größe"},
      {"\x80\x80.\xBF", "\xBF"},
      {"", ""},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    CHECK(extension_of(c.name) == c.want);
  }
}

TEST_CASE("attachment: programs, scripts and shortcuts are executable, containers are not") {
  for (const auto* extension : {"exe", "SCR", "js", "vbs", "lnk", "ps1", "msi", "hta", "jar", "xll",
                                "settingcontent-ms", "{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}"})
    CHECK(is_executable_extension(extension));
  for (const auto* extension : {"pdf", "doc", "iso", "zip", "", "{", "exe2"})
    CHECK_FALSE(is_executable_extension(extension));
  for (const auto* extension : {"iso", "IMG", "vhdx", "ace", "zip", "7z"})
    CHECK(is_container_extension(extension));
  CHECK_FALSE(is_container_extension("exe"));
}

TEST_CASE("attachment: a harmless extension may hide an executable one") {
  for (const auto* name : {"invoice.pdf.exe", "invoice.pdf                         .exe", "a.PDF...EXE",
                           "photo.jpg.scr ", "a.doc\u200B.js", "a.txt_____.vbs", "a.txt - .lnk",
                           "invoice\u202Efdp.exe", "\u202Eexe.fdp", "x\u202Eexe.gpj\u202C", "a.zip.exe"}) {
    INFO(name);
    CHECK(has_double_extension(name));
  }
  for (const auto* name : {"setup.exe", "a.pdf", "www.example.com", "v1.2.exe", "a.tar.gz", "jquery.min.js",
                           "exe.pdf", "\u202Efdp.a", "pdf.exe", "", ".", "\u202E"}) {
    INFO(name);
    CHECK_FALSE(has_double_extension(name));
  }
}

namespace {

// `length` zeros with `bytes` at `at`.
std::string placed(std::string_view bytes, std::size_t at, std::size_t length) {
  std::string all(length, '\0');
  all.replace(at, bytes.size(), bytes);
  return all;
}

}  // namespace

TEST_CASE("attachment: the first bytes show the type") {
  struct Case {
    std::string bytes, want;
  };
  const std::string rest(64, '\0');
  const Case cases[] = {
      {"MZ\x90" + rest, "application/x-dosexec"},
      {"MZ is not always a program, this is a sentence about it and more.", ""},
      {"\x7F"
       "ELF\2\1\1" +
           std::string(9, '\0') + "\3\0"s,
       "application/x-sharedlib"},
      {"\x7F"
       "ELF\1\2\1" +
           std::string(9, '\0') + "\0\2"s,
       "application/x-executable"},
      {"\xCF\xFA\xED\xFE", "application/x-mach-binary"},
      {"\xCA\xFE\xBA\xBE\0\0\0\2"s, "application/x-mach-binary"},
      {"\xCA\xFE\xBA\xBE\0\0\0\x34"s, "application/x-java-applet"},
      {"L\0\0\0\x01\x14\x02\0\0\0\0\0\xC0\0\0\0\0\0\0F"s, "application/x-ms-shortcut"},
      {"Rar!\x1A\7\0"s, "application/vnd.rar"},
      {"Rar!\x1A\7\1\0"s, "application/vnd.rar"},
      {"7z\xBC\xAF\x27\x1C", "application/x-7z-compressed"},
      {"\x1F\x8B\x08", "application/gzip"},
      {"BZh91AY&SY", "application/x-bzip2"},
      {"BZh is how it begins", ""},
      {"\xFD"
       "7zXZ\0"s,
       "application/x-xz"},
      {"\x28\xB5\x2F\xFD", "application/zstd"},
      {"MSCF\0\0\0\0"s, "application/vnd.ms-cab-compressed"},
      {"1234567**ACE**", "application/x-ace"},
      {placed("ustar", 257, 512), "application/x-tar"},
      {placed("CD001", 32769, 32800), "application/x-iso9660-image"},
      {placed("conectix", 512, 1024), "application/x-virtualbox-vhd"},
      {"!<arch>\ndebian-binary   ", "application/vnd.debian.binary-package"},
      {"{\\rt1 x", "text/rtf"},
      {"junk in front\n%PDF-1.7", "application/pdf"},
      {std::string(1020, ' ') + "%PDF-1.7", ""},
      {"%!PS-Adobe-3.0", "application/postscript"},
      {"\x89PNG\r\n\x1A\n", "image/png"},
      {"\xFF\xD8\xFF\xE0", "image/jpeg"},
      {"GIF89a", "image/gif"},
      {"RIFF1234WEBPVP8 ", "image/webp"},
      {"RIFF1234WAVEfmt ", "audio/x-wav"},
      {"BM1234\0\0\0\0\x36\0\0\0\x28\0\0\0\0\0\0\0\0\0\0\0"s, "image/bmp"},
      {"BM was a good firm in the old days", ""},
      {"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\4\0\0\0\x16\0\0\0\0"s, "image/vnd.microsoft.icon"},
      {"\0\0\0\x18"
       "ftypheic"s,
       "image/heic"},
      {"\0\0\0\x18"
       "ftypisom"s,
       "video/mp4"},
      {"\xFF\xFB\x90\x44", "audio/mpeg"},
      {"\xFF\xFEH\0i\0"s, ""},
      {"\x1A\x45\xDF\xA3\x01webm", "video/webm"},
      {"\x78\x9F\x3E\x22", "application/vnd.ms-tnef"},
      {"SQLite format 3\0"s, "application/vnd.sqlite3"},
      {"\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3", "application/onenote"},
      {"\x85\x01\x0C\x03", "application/pgp-encrypted"},
      {"0707011234, 5678, a list of numbers that is no archive", ""},
      {"070701" + std::string(104, '0') + "x", "application/x-cpio"},
      {"", ""},
      {"Hello", ""},
  };
  for (const Case& c : cases) {
    INFO(c.bytes.substr(0, 20) << " " << c.want);
    CHECK(sniff_type(c.bytes) == c.want);
  }
}

TEST_CASE("attachment: text shows its type by its first words") {
  struct Case {
    std::string bytes, want;
  };
  const Case cases[] = {
      {"#!/bin/sh\n", "text/x-shellscript"},
      {"#!/usr/bin/env -S A=b python3.11 -u\n", "text/x-python"},
      {"#! /opt/x/lua", "text/x-script"},
      {"#!", "text/x-script"},
      {" \n<!doctype HTML>", "text/html"},
      {"\xEF\xBB\xBF<HTML >", "text/html"},
      {"<p>", "text/html"},
      {"<pre>", ""},
      {"<a", ""},
      {"<!-- x -->", "text/html"},
      {"<!-- x --><svg xmlns=''>", "image/svg+xml"},
      {"<?xml version='1.0'?><a/>", "text/xml"},
      {"<?xml version='1.0'?><!DOCTYPE x><svg:svg>", "image/svg+xml"},
      {"<?xml version='1.0'?><html>", "application/xhtml+xml"},
      {"begin:vcalendar\r\n", "text/calendar"},
      {"BEGIN:VCARD", "text/vcard"},
      {"-----BEGIN PGP MESSAGE-----\n", "application/pgp-encrypted"},
      {"@ECHO OFF\r\n", "text/x-msdos-batch"},
      {"[InternetShortcut]\r\nURL=", "application/x-mswinurl"},
      {"Received: from a\n\tby b\nSubject: x\n", "message/rfc822"},
      {"From a@b Sun\nX-A: 1\nX-B: 2\n", "message/rfc822"},
      {"From: you\nto me.\n", ""},
      {"Note: this\nSubject: x\n", ""},
      {"From here on", ""},
      {"To: ", ""},
  };
  for (const Case& c : cases) {
    INFO(c.bytes);
    CHECK(sniff_type(c.bytes) == c.want);
  }
}

TEST_CASE("attachment: compound files are told apart by the names in them") {
  const auto file = [](std::string_view stream, std::string_view root_class) {
    std::string bytes = placed("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 0, 512 * 4);
    bytes[30] = 9;                                                        // sectors of 512 bytes
    bytes.replace(48, 4, "\1\0\0\0"s);                                    // the directory begins in sector 1
    bytes.replace(512, 12, "\xFD\xFF\xFF\xFF\2\0\0\0\xFE\xFF\xFF\xFF"s);  // and goes on in sector 2
    const auto entry = [&](std::size_t at, std::string_view name, char type) {
      for (std::size_t i = 0; i < name.size(); ++i)
        bytes[at + 2 * i] = name[i];
      bytes[at + 64] = static_cast<char>(2 * name.size() + 2);
      bytes[at + 66] = type;
    };
    entry(1024, "Root Entry", 5);
    bytes.replace(1024 + 80, root_class.size(), root_class);
    entry(1536 + 128, stream, 2);
    return bytes;
  };
  CHECK(sniff_type(file("WordDocument", "")) == "application/msword");
  CHECK(sniff_type(file("Workbook", "")) == "application/vnd.ms-excel");
  CHECK(sniff_type(file("PowerPoint Document", "")) == "application/vnd.ms-powerpoint");
  CHECK(sniff_type(file("__properties_version1.0", "")) == "application/vnd.ms-outlook");
  CHECK(sniff_type(file("EncryptedPackage", "")) == "application/encrypted");
  CHECK(sniff_type(file("Other", "")) == "application/x-ole-storage");
  CHECK(sniff_type(file("", "\x84\x10\x0C\0\0\0\0\0\xC0\0\0\0\0\0\0\x46"s)) == "application/x-msi");
  std::string circle = file("Other", "");
  circle.replace(512 + 8, 4, "\1\0\0\0"s);
  CHECK(sniff_type(circle) == "application/x-ole-storage");
  CHECK(sniff_type("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") == "application/x-ole-storage");
}
