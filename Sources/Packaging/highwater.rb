class Highwater < Formula
  desc "Dashboard and load tool that shows what HTTP does to memory"
  homepage "https://highwater.example/"
  license "MIT"
  head "https://highwater.example/highwater.git", branch: "main"

  depends_on "pkgconf" => :build
  depends_on "swift" => :build
  depends_on "libnghttp2"
  depends_on "libuv"
  depends_on "libyaml"
  depends_on :linux
  depends_on "ncurses"
  depends_on "openssl@3"
  depends_on "zlib"

  def install
    args = %W[
      --disable-sandbox
      -c release
      -Xcc -I#{HOMEBREW_PREFIX}/include
      -Xlinker -L#{HOMEBREW_PREFIX}/lib
      -Xlinker -rpath=#{HOMEBREW_PREFIX}/lib
    ]
    system "swift", "build", *args, "--product", "highwater", "--static-swift-stdlib"
    system "swift", "build", *args, "--product", "highwater-probe"
    bin.install ".build/release/highwater"
    (lib/"highwater").install ".build/release/libhighwater-probe.so"
    include.install "Sources/Probe/include/highwater.h"
    generate_completions_from_executable(bin/"highwater", "completions")
    (man1/"highwater.1").write Utils.safe_popen_read(bin/"highwater", "man")
  end

  test do
    assert_match "100 succeeded", shell_output("#{bin}/highwater record -n 100 -c 1")
  end
end
